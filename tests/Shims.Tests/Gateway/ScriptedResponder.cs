using Shims.Gateway.Requests;

namespace Shims.Tests.Gateway;

/// <summary>Responds as a test wants it.</summary>
internal sealed class ScriptedResponder : IResponder
{
    /// <summary>The answers, in the order in which they were asked for.</summary>
    internal List<ScriptedResponse> Responses { get; } = [];

    /// <summary>The last answer.</summary>
    internal ScriptedResponse? Response => Responses.LastOrDefault();

    /// <summary>The last request.</summary>
    internal Exchange? Request { get; private set; }

    public void Start(Exchange exchange, int connection)
    {
        Responses.Add(new ScriptedResponse(exchange));
        (Request = exchange).Response = Response;
    }
}
