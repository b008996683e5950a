using Shims.Gateway.Requests;

namespace Shims.Tests.Gateway;

/// <summary>Answers as a test wants it.</summary>
internal sealed class ScriptedResponder : IResponder
{
    /// <summary>The answers, in the order in which they were asked for.</summary>
    internal List<ScriptedAnswer> Answers { get; } = [];

    /// <summary>The last answer.</summary>
    internal ScriptedAnswer? Answer => Answers.LastOrDefault();

    public void Start(Exchange exchange, int connection)
    {
        var answer = new ScriptedAnswer(exchange);
        Answers.Add(answer);
        exchange.Answer = answer;
    }
}
