using System.Diagnostics;
using System.Globalization;
using System.Text;
using Shims.Cgi;
using Shims.Control.Client;
using Shims.Posix;
using Shims.Recording;

namespace Shims.Control.Serve;

/// <summary>Adds the request of a capsule to the log, as if it had been sent to this server. Nothing of it is run.</summary>
/// <remarks>A capsule is text that any script of another machine may have written. Sending its request again runs a script of this
/// server only.</remarks>
internal static class LoadedCapsule
{
    /// <summary>Adds the request.</summary>
    /// <returns>Its number.</returns>
    internal static int AddTo(RequestLog log, Site site, Capsule capsule)
    {
        string target = capsule.ValueOf("REQUEST_URI") is ['/', ..] uri ? uri : "/";
        string local = site.LocalTarget(target, capsule.ValueOf("SCRIPT_NAME") ?? "");
        RequestRecord record = log.Add(MethodOf(capsule), local, HeadersOf(capsule),
            new RequestOrigin { Capsule = IdOf(capsule), At = capsule.Time });
        record.Update(noted =>
        {
            noted.State = capsule.Reason == CapsuleReason.Gone ? RequestState.Aborted : RequestState.Done;
            noted.Status = capsule.Status > 0 ? capsule.Status : null;
            noted.Script = capsule.Script.Length > 0 ? Encoding.UTF8.GetString(capsule.Script) : null;
            noted.Command =
                [capsule.Program, Encoding.UTF8.GetString(capsule.Target), .. capsule.Arguments.Select(Encoding.UTF8.GetString)];
            noted.Variables = Variables(capsule.Variables);
            noted.Environment = Variables(capsule.Environment);
            noted.Trouble = capsule.Cause.Length == 0 ? null
                : capsule.Cure.Length == 0 ? capsule.Cause
                : $"{capsule.Cause}: {capsule.Cure}";
            noted.Redacted = capsule.Redacted;
            noted.RequestBody.Set(capsule.Body, Math.Max(capsule.BodyLength, capsule.Body.Length));
            noted.StandardError.Set(capsule.ErrorOutput, Math.Max(capsule.ErrorLength, capsule.ErrorOutput.Length));
            (noted.BadEnd, noted.Exit) = EndOf(capsule.End);
            TakeReply(noted, capsule);
            TakeTimes(noted.Times, capsule);
        });
        return record.Id;
    }

    private static void TakeReply(RequestRecord noted, Capsule capsule)
    {
        if (!ResponseHead.TryFindEnd(capsule.Reply, out int size))
        {
            noted.ResponseBody.Set(capsule.Reply, Math.Max(capsule.ReplyLength, capsule.Reply.Length));
            return;
        }
        var head = GatewayResponseHead.Read(capsule.Reply.AsSpan(0, size), mayHaveStatusLine: true);
        (noted.ResponseHeaders, noted.ResponseHead) = (head.Headers, head.Raw);
        noted.ResponseBody.Set(capsule.Reply.AsSpan(size), Math.Max(capsule.ReplyLength - size, capsule.Reply.Length - size));
    }

    private static void TakeTimes(RequestTimes times, Capsule capsule)
    {
        times.Started = After(capsule.StartedAfter);
        times.FirstByte = After(capsule.AnsweredAfter);
        times.Ended = After(capsule.Elapsed);

        long? After(long? milliseconds) => milliseconds is { } count ? times.Arrived + count * Stopwatch.Frequency / 1000 : null;
    }

    private static (ExitStatus? Bad, string? Words) EndOf(string end)
    {
        string[] words = end.Split(' ');
        if (words.Length < 2 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return (null, end.Length == 0 ? null : end);
        return words[0] == "signal"
            ? (new ExitStatus(number & 0x7f), $"killed by signal {number}")
            : (number == 0 ? null : ExitStatus.OfCode(number), $"exit status {number}");
    }

    /// <summary>The headers of the browser, from which the web server made the variables.</summary>
    private static List<(string Name, string Value)> HeadersOf(Capsule capsule)
    {
        var headers = new List<(string, string)>();
        foreach (RequestVariable variable in Variables(capsule.Variables))
        {
            string name = variable.NameText;
            if (name == "CONTENT_TYPE" && variable.Value.Length > 0)
                headers.Add(("Content-Type", variable.ValueText));
            else if (name.StartsWith("HTTP_", StringComparison.Ordinal) && name is not ("HTTP_CONTENT_TYPE" or "HTTP_CONTENT_LENGTH"))
                headers.Add((HeaderName(name["HTTP_".Length..]), variable.ValueText));
        }
        return headers;
    }

    /// <summary>ACCEPT_LANGUAGE as Accept-Language.</summary>
    private static string HeaderName(string variable) =>
        string.Join('-', variable.Split('_').Select(word => word.Length < 2 ? word : word[..1] + word[1..].ToLowerInvariant()));

    private static string MethodOf(Capsule capsule) => capsule.ValueOf("REQUEST_METHOD") is { Length: > 0 } method ? method : "GET";

    /// <summary>The id, which becomes a part of a file's name.</summary>
    private static string IdOf(Capsule capsule) =>
        capsule.RequestId is { Length: > 0 and <= 32 } id && id.All(char.IsAsciiLetterOrDigit) ? id : "unnamed";

    private static List<RequestVariable> Variables(IReadOnlyList<CapsuleVariable> variables) =>
        [.. variables.Select(variable => new RequestVariable(variable.Name, variable.Value))];
}
