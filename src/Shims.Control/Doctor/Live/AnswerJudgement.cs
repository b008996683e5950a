using System.Globalization;
using Shims.Control.Client;
using Shims.Control.Doctor.Scripts;

namespace Shims.Control.Doctor.Live;

/// <summary>Says of an answer whether a web server will take it, and what is behind it if not.</summary>
internal static class AnswerJudgement
{
    internal static IEnumerable<Finding> Judge(ScriptCase script, LiveAnswer answer)
    {
        if (answer.IsTooSlow)
            return [ExplainSlowness(script, answer)];
        Finding? known = LastWords.Explain(script, answer.Said);
        if (answer.Head is null)
            return [known ?? ExplainNoHead(script, answer)];
        if (answer.Head.Fault is not null)
            return [known ?? StrayOutput.Explain(script, answer.Head)];
        if (answer.Fault is { } fault)
            return [known ?? script.Error(fault.Cause) with { Advice = fault.Cure }];
        return JudgeReply(script, answer, answer.Head, known);
    }

    private static IEnumerable<Finding> JudgeReply(ScriptCase script, LiveAnswer answer, GatewayResponseHead head, Finding? known)
    {
        if (known is not null)
            yield return known;
        else if (answer.Said.Length > 0)
            yield return script.Warning($"it writes to standard error: {LastWords.Shorten(answer.Said)}") with { Advice = "see whether that is a fault; the web server's or the super-server's log will have it" };
        if (head.Status >= 500 && known is null)
            yield return script.Error($"it answers {head.Status} itself") with { Advice = "see what its own log says" };
        if (RelativeRedirect.Check(script, head) is { } redirect)
            yield return redirect;
        if (head.Find("Content-Type") is null && answer.BodyLength > 0 && !head.HasNoBody)
            yield return script.Warning("its header has no Content-Type, and web servers guess differently") with { Advice = "let it write one, such as Content-Type: text/html; charset=utf-8" };
        if (known is null && answer.Exit is { Code: not 0 } exit)
            yield return script.Error($"it answers {head.Status}, and then {(exit.Signal > 0 ? $"is killed by signal {exit.Signal}" : $"ends with exit status {exit.Code}")}: what came before that looks like a whole page")
                with
            { Advice = "see what went wrong behind its header; a script that has done its work ends with 0" };
        else if (known is null && head.Status < 500)
            yield return new Finding(Severity.Good, script.Path, Describe(answer, head));
    }

    private static string Describe(LiveAnswer answer, GatewayResponseHead head)
    {
        string type = head.Find("Content-Type") is { } found ? $" {found}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"answers {head.Status}{type}, {answer.BodyLength} bytes, in {answer.Time.TotalMilliseconds:0} ms");
    }

    private static Finding ExplainSlowness(ScriptCase script, LiveAnswer answer)
    {
        string begun = answer.Unfinished.Length == 0 ? "has not answered" : "has not finished its answer";
        string time = string.Create(CultureInfo.InvariantCulture, $"{script.Settings.Patience.TotalSeconds:0.#} s");
        return LastWords.Explain(script, answer.Said) ?? script.Error($"it {begun} within {time}")
            with
        { Advice = answer.Said.Length > 0 ? $"its last words: {LastWords.Shorten(answer.Said)}" : "see what it waits for: a lock, a database, another machine; --patience SECONDS waits longer here" };
    }

    private static Finding ExplainNoHead(ScriptCase script, LiveAnswer answer)
    {
        string end = answer.Exit switch
        {
            { Signal: > 0 and var signal } => $"it was killed by signal {signal}",
            { Code: 0 } => "it ended",
            { Code: var code } => $"it ended with exit code {code}",
            null => "it closed the connection",
        };
        string said = answer.Said.Length > 0 ? $"; its last words: {LastWords.Shorten(answer.Said)}" : "";
        if (answer.Unfinished.Length > 0)
            return StrayOutput.ExplainUnfinished(script, answer.Unfinished, said);
        return script.Error($"{end} without writing anything{said}")
            with
        { Advice = $"run it in a terminal as the gateway would: shimctl request -v --to exec:'scgi-run ...'; its standard input is {LastWords.StandardInput(script.Settings)}" };
    }
}
