using System.Globalization;
using System.Text;
using Shims.Control.Client;
using Shims.Control.Doctor.Scripts;
using Shims.Control.Processes;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Live;

/// <summary>Says of a response whether a web server will take it, and why not.</summary>
internal static class ResponseJudgement
{
    internal static IEnumerable<Finding> Judge(ScriptCase script, LiveResponse response)
    {
        if (response.IsTooSlow && !IsUnderWay(response))
            return [ExplainSlowness(script, response)];
        Finding? known = WsgiDiagnosis.ExplainEnd(script, response.Exit) ?? StderrDiagnosis.Explain(script, response.Said);
        if (response.Head is null)
            return [known ?? ExplainNoHead(script, response)];
        if (response.Head.Fault is not null)
            return [known ?? HeaderFaults.Explain(script, response.Head)];
        if (response.Head.Find("Transfer-Encoding") is { } encoding)
            return [ExplainTransferEncoding(script, encoding)];
        if (response.Fault is { } fault)
            return [known ?? script.Error(fault.Cause) with { Advice = fault.Cure }];
        return JudgePage(script, response, response.Head, known);
    }

    /// <summary>A stream, and a page that was still coming when it was given up, are not slow.</summary>
    private static bool IsUnderWay(LiveResponse response) =>
        response.Head is { Fault: null } && response.BodyLength > 0 && (response.GoesOn || response.IsStream);

    private static IEnumerable<Finding> JudgePage(ScriptCase script, LiveResponse response, GatewayResponseHead head, Finding? known)
    {
        string page = Encoding.UTF8.GetString(response.Page);
        known ??= StderrDiagnosis.ExplainComplaint(script, page) ?? WsgiDiagnosis.Explain(script, page);
        if (known is not null)
            yield return known;
        else if (head.Status >= 500)
            yield return script.Error($"it responds with {head.Status} itself{Quote("; standard error", response.Said)}")
                with
            { Advice = $"see its own log, and the page: {CommandFor(script)}" };
        if (LoginCheck.Check(script, head) is { } repeated)
            yield return repeated;
        if (RelativeRedirect.Check(script, head) is { } redirect)
            yield return redirect;
        if (head.Find("Content-Type") is null && response.BodyLength > 0 && !head.HasNoBody)
            yield return script.Warning("its header has no Content-Type, and web servers guess differently")
                with
            { Advice = "write one, such as Content-Type: text/html; charset=utf-8" };
        // A script may end so after a page that says what was wrong with the request.
        bool hasFailed = response.Exit is { Code: not 0 } && !(response.IsWholePage && response.Exit is { Signal: 0 });
        if (known is null && !hasFailed && head.Status == 200 && response.BodyLength == 0)
            yield return script.Warning($"it responds with 200 and an empty page{Quote("; standard error", response.Said)}")
                with
            { Advice = $"see whether it has more to say to a request of its own kind: {CommandFor(script)}" };
        else if (known is null && hasFailed && response.Exit is { } exit)
            yield return script.Error($"it responds with {head.Status}, and then "
                + $"{(exit.Signal > 0 ? $"is killed by signal {exit.Signal}" : $"ends with exit status {exit.Code}")}: the page looks "
                    + $"complete and is not{Quote("; standard error", response.Said)}")
                with
            { Advice = "see what went wrong after its header; a script that has done its work ends with 0" };
        else if (known is null && head.Status < 500)
            yield return new Finding(Severity.Good, script.Path, Describe(response, head));
    }

    private static string Describe(LiveResponse response, GatewayResponseHead head)
    {
        string type = head.Find("Content-Type") is { } found ? $" {found}" : "";
        string said = Quote("; standard error", response.Said);
        if (response.IsTooSlow)
        {
            string size = string.Create(CultureInfo.InvariantCulture, $"{response.BodyLength} bytes in {response.Time.TotalSeconds:0.#} s");
            return $"responds with {head.Status}{type}; its page goes on: {size}{said}";
        }
        string end = response.Exit is { Code: not 0 and var code }
            ? string.Create(CultureInfo.InvariantCulture, $"; ends with exit status {code}") : "";
        string own = head.Status >= 400 ? "; the status is the script's own" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"responds with {head.Status}{type}, {response.BodyLength} bytes, in {response.Time.TotalMilliseconds:0} ms{own}{end}{said}");
    }

    /// <summary>RFC 3875 section 6.3.4.</summary>
    private static Finding ExplainTransferEncoding(ScriptCase script, string encoding) =>
        script.Error($"it writes Transfer-Encoding: {encoding}, which is the web server's to write (RFC 3875, section 6.3.4): visitors "
            + $"get the sizes of the chunks as text")
            with
        { Advice = "leave the header out, and write the body as it is" };

    private static Finding ExplainSlowness(ScriptCase script, LiveResponse response)
    {
        string begun = response.Head is null && response.Unfinished.Length == 0 ? "has not responded" : "has not finished its response";
        string time = string.Create(CultureInfo.InvariantCulture, $"{script.Settings.Patience.TotalSeconds:0.#} s");
        return StderrDiagnosis.Explain(script, response.Said) ?? script.Error(
            $"it {begun} within {time}{Quote("; standard error", response.Said)}")
            with
        { Advice = "see what it waits for: a lock, a database, another machine; --patience SECONDS waits longer here" };
    }

    private static Finding ExplainNoHead(ScriptCase script, LiveResponse response)
    {
        string end = response.Exit switch
        {
            { Signal: > 0 and var signal } => $"it was killed by signal {signal}",
            { Code: 0 } => "it ended",
            { Code: var code } => $"it ended with exit status {code}",
            null => "it closed the connection",
        };
        string said = Quote("; standard error", response.Said);
        if (response.Unfinished.Length > 0)
            return HeaderFaults.ExplainUnfinished(script, response.Unfinished, said);
        return script.Error($"{end} without writing anything{said}")
            with
        {
            Advice = $"run it in a terminal as the gateway would: {CommandFor(script)}; its standard input is "
            + $"{StderrDiagnosis.StandardInput(script.Settings)}"
        };
    }

    /// <summary>The request in a terminal, as the user that runs the script where that is known and root asks.</summary>
    internal static string CommandFor(ScriptCase script)
    {
        string[] user = UserAccount.Current.IsRoot && !script.User.IsRoot ? ["runuser", "-u", script.User.Name, "--"] : [];
        return ShellWords.Join([.. user, "shimctl", "request", "-v", "--to",
            $"exec:{ShellWords.Join([.. script.Settings.Gateway, script.Path])}", "/"]);
    }

    private static string Quote(string where, string said) => said.AsSpan().Trim().IsEmpty ? "" : $"{where}: {StderrDiagnosis.Quote(said)}";
}
