using Shims.Gateway.Requests;

namespace Shims.Gateway.Watching;

/// <summary>Answers the paths of <c>--status-path</c> and <c>--ping-path</c> before any script or handler is asked, whatever the wire. All else is for another responder.</summary>
internal sealed class WatchResponder : IResponder
{
    private readonly IResponder _responder;

    private WatchResponder(IResponder responder) => _responder = responder;

    public bool IsIdle => _responder.IsIdle;

    public int MaxLoops => _responder.MaxLoops;

    /// <summary>The responder of a command line: the given one, if there is nothing to watch.</summary>
    internal static IResponder Around(IResponder responder, GatewayOptions options) => WatchedPaths.Has(options) ? new WatchResponder(responder) : responder;

    public void Prepare(LoopContext first, bool servesMany) => _responder.Prepare(first, servesMany);

    public void Start(Exchange exchange, int connection)
    {
        switch (WatchedPaths.Of(exchange.Context.Options, exchange.Variables, namesScript: exchange.Channel.Protocol != "AJP13"))
        {
            case WatchedPath.Status:
                Give(exchange, WatchPage.StatusOf(exchange.Context.Service, exchange.Variables.Get("QUERY_STRING"u8)));
                break;
            case WatchedPath.Ping:
                Give(exchange, WatchPage.PingOf(exchange.Context.Service));
                break;
            default:
                _responder.Start(exchange, connection);
                break;
        }
    }

    public void Drive(Action round, Func<bool> isOver) => _responder.Drive(round, isOver);

    public void Shutdown() => _responder.Shutdown();

    private static void Give(Exchange exchange, (int Status, string ContentType, string Text) page)
    {
        exchange.Outcome.IsWatching = true;
        exchange.Observer?.GiveUp(); // it is not to take the place of a capsule
        ErrorPageResponse.Give(exchange, page.Status, WatchPage.Format(page, withBody: !exchange.IsHead));
    }
}
