using Shims.Gateway.Requests;

namespace Shims.Tests.Gateway;

/// <summary>Answers as a test wants it.</summary>
internal sealed class ScriptedResponder : IResponder
{
    /// <summary>The last answer.</summary>
    internal ScriptedAnswer? Answer { get; private set; }

    /// <summary>The last request.</summary>
    internal Exchange? Request { get; private set; }

    public void Start(Exchange exchange, int connection) => (Request = exchange).Answer = Answer = new ScriptedAnswer(exchange);
}
