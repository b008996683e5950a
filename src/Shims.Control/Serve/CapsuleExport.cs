using System.Globalization;
using System.Text;
using Shims.Control.Client;
using Shims.Control.Users;
using Shims.Posix;
using Shims.Recording;

namespace Shims.Control.Serve;

/// <summary>Writes a request as a capsule, for <c>shimctl show</c>, <c>replay</c> and <c>doctor</c>.</summary>
internal static class CapsuleExport
{
    /// <summary>The id of a request in its capsule: 8 hexadecimal digits, the same each time.</summary>
    internal static string RequestId(RequestRecord record)
    {
        uint mixed = (uint)record.At.ToUnixTimeMilliseconds() ^ unchecked((uint)record.Id * 2654435761);
        return record.Origin.Capsule ?? mixed.ToString("x8", CultureInfo.InvariantCulture);
    }

    internal static byte[] Write(RequestRecord record, Site site, bool keepsSecrets) =>
        record.Look(noted => RedactedFile.Write(keepsSecrets, redaction => Write(noted, site, redaction)));

    private static byte[] Write(RequestRecord noted, Site site, Redaction? redaction)
    {
        IReadOnlyList<RequestVariable> environment = site.EnvironmentOf(noted);
        HashSet<string> requested = [.. noted.Variables.Select(variable => variable.NameText)];
        foreach (RequestVariable own in environment.Where(variable => !requested.Contains(variable.NameText)))
            redaction?.LearnOwn(SettingOf(own));
        var writer = new CapsuleWriter(Limits.CapsuleSize);
        writer.Begin();
        AddOutcome(writer, noted, site, redaction);
        AddScript(writer, noted, site);
        AddOutput(writer, noted, redaction);
        foreach (RequestVariable variable in noted.Variables)
            writer.Add(CapsuleSection.Variable, Clean(redaction, CapsuleSection.Variable, variable));
        foreach (RequestVariable variable in environment)
            writer.Add(CapsuleSection.Environment, Clean(redaction, CapsuleSection.Environment, variable));
        writer.Add(CapsuleSection.BodyLength, noted.RequestBody.Length);
        writer.Add(CapsuleSection.Body, BodyOf(noted, redaction));
        writer.End();
        return writer.Written.ToArray();
    }

    private static void AddOutcome(CapsuleWriter writer, RequestRecord noted, Site site, Redaction? redaction)
    {
        writer.Add(CapsuleSection.Program, noted.Script is { } script ? site.RunnerOf(script) : "shimctl");
        writer.Add(CapsuleSection.Version, TestRequest.OwnName[(TestRequest.OwnName.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        writer.Add(CapsuleSection.Time, noted.At.ToUnixTimeMilliseconds());
        writer.Add(CapsuleSection.RequestId, RequestId(noted));
        writer.Add(CapsuleSection.Reason, ReasonOf(noted).ToString().ToLowerInvariant());
        if (noted.Status is { } status)
            writer.Add(CapsuleSection.Status, status);
        if (noted.Trouble is { } trouble)
            writer.Add(CapsuleSection.Cause, Clean(redaction, CapsuleSection.Cause, Encoding.UTF8.GetBytes(trouble)));
        writer.Add(CapsuleSection.Protocol, site.Protocol.Name);
        writer.Add(CapsuleSection.Peer, "shimctl serve");
        if (redaction is null)
            writer.Add(CapsuleSection.Secrets, default(ReadOnlySpan<byte>));
        foreach (string place in redaction?.Places.Union(noted.Redacted) ?? noted.Redacted)
            writer.Add(CapsuleSection.Redacted, place);
    }

    private static CapsuleReason ReasonOf(RequestRecord noted) => noted switch
    {
        { State: RequestState.Aborted } => CapsuleReason.Gone,
        { BadEnd: not null, Status: < 500 } => CapsuleReason.Exit,
        { Trouble: not null } => CapsuleReason.Fault,
        { Status: >= 500 } => CapsuleReason.Status,
        _ => CapsuleReason.All,
    };

    private static void AddScript(CapsuleWriter writer, RequestRecord noted, Site site)
    {
        writer.Add(CapsuleSection.Target, site.Title);
        bool isStarted = noted.Origin.Capsule is not null || File.Exists(noted.Script);
        if (noted.Script is { } script && isStarted && !site.IsApp(script))
        {
            writer.Add(CapsuleSection.Script, script);
            writer.Add(CapsuleSection.Directory, Path.GetDirectoryName(script) ?? "/");
            if (site.InterpreterOf(script) is { } interpreter)
                writer.Add(CapsuleSection.Interpreter, interpreter);
        }
        foreach (string argument in site.Arguments)
            writer.Add(CapsuleSection.Argument, argument);
        UserAccount user = UserAccount.Current;
        writer.Add(CapsuleSection.User, user.UserId);
        writer.Add(CapsuleSection.Group, Libc.EffectiveGroup);
        if (noted.BadEnd is { } end)
            writer.Add(CapsuleSection.End, end.Signal == 0 ? $"exit {end.Code}" : $"signal {end.Signal}");
        else if (noted.Exit is not null)
            writer.Add(CapsuleSection.End, "exit 0");
        double?[] phases = noted.Times.Phases();
        writer.Add(CapsuleSection.StartedAfter, (long)phases[0]!.Value);
        if (noted.Times.FirstByte is not null)
            writer.Add(CapsuleSection.AnsweredAfter, (long)(noted.Times.Total - phases[3]!.Value));
        writer.Add(CapsuleSection.Elapsed, (long)noted.Times.Total);
    }

    private static void AddOutput(CapsuleWriter writer, RequestRecord noted, Redaction? redaction)
    {
        writer.Add(CapsuleSection.ErrorLength, noted.StandardError.Length);
        writer.Add(CapsuleSection.Error, Clean(redaction, CapsuleSection.Error, noted.StandardError.Bytes));
        byte[] reply = [.. noted.ResponseHead, .. noted.ResponseBody.Bytes];
        writer.Add(CapsuleSection.ReplyLength, noted.ResponseHead.Length + noted.ResponseBody.Length);
        ReadOnlySpan<byte> clean = redaction is null ? reply : redaction.Reply(reply);
        writer.Add(CapsuleSection.Reply, clean[..Math.Min(clean.Length, Limits.RecordedReply)]);
    }

    private static ReadOnlySpan<byte> BodyOf(RequestRecord noted, Redaction? redaction)
    {
        ReadOnlySpan<byte> body = noted.RequestBody.Bytes;
        bool isForm = Views.MediaType.Of(noted.RequestHeader("Content-Type")).IsForm;
        if (redaction is not null)
            body = isForm ? redaction.Pairs(CapsuleSection.Body, body) : redaction.Text(CapsuleSection.Body, body);
        return body[..Math.Min(body.Length, Limits.RecordedBody)];
    }

    private static ReadOnlySpan<byte> Clean(Redaction? redaction, string kind, RequestVariable variable) =>
        redaction is null ? SettingOf(variable) : redaction.Setting(kind, SettingOf(variable));

    private static ReadOnlySpan<byte> Clean(Redaction? redaction, string place, ReadOnlySpan<byte> text) =>
        redaction is null ? text : redaction.Text(place, text);

    private static byte[] SettingOf(RequestVariable variable) => [.. variable.Name, (byte)'=', .. variable.Value];
}
