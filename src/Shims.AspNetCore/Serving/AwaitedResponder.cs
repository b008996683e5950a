using Shims.Gateway.Requests;

namespace Shims.AspNetCore.Serving;

/// <summary>The responder of a CGI program: the process goes on until the app has ended too, which may be after its client has everything.</summary>
internal sealed class AwaitedResponder(IResponder responder) : IResponder
{
    public bool IsIdle => responder.IsIdle;

    public void Prepare(LoopContext first, bool servesMany) => responder.Prepare(first, servesMany);

    public void Start(Exchange exchange, int connection) => responder.Start(exchange, connection);

    public void Drive(Action round, Func<bool> isOver) => responder.Drive(round, () => isOver() && responder.IsIdle);

    public void Shutdown() => responder.Shutdown();
}
