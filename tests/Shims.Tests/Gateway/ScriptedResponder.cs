using Shims.Gateway.Requests;

namespace Shims.Tests.Gateway;

/// <summary>Answers as a test wants it.</summary>
internal sealed class ScriptedResponder : IResponder
{
    /// <summary>The answers, in the order in which they were asked for.</summary>
    internal List<ScriptedAnswer> Answers { get; } = [];

    /// <summary>The last answer.</summary>
    internal ScriptedAnswer? Answer => Answers.LastOrDefault();

    /// <summary>The last request.</summary>
    internal Exchange? Request { get; private set; }

    public void Start(Exchange exchange, int connection)
    {
        Answers.Add(new ScriptedAnswer(exchange));
        (Request = exchange).Answer = Answer;
    }
}
