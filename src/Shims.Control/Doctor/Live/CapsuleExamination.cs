using System.Globalization;
using System.Text;
using Shims.Control.Capsules;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Scripts;
using Shims.Control.Users;
using Shims.Diagnostics;
using Shims.Recording;

namespace Shims.Control.Doctor.Live;

/// <summary>
/// A request that <c>--record</c> has kept: says why it failed, and sends it again, as the user who owns the file and in that environment.
/// </summary>
internal sealed class CapsuleExamination : IExamination
{
    /// <summary>More than the mark at the beginning of every capsule.</summary>
    private const int StartSize = 64;

    public bool Recognises(string what)
    {
        if (!RegularFile.IsAt(what) || !UserAccount.Current.May(Access.Read, what))
            return false;
        using FileStream file = File.OpenRead(what);
        Span<byte> start = stackalloc byte[StartSize];
        return Capsule.IsCapsule(start[..file.ReadAtLeast(start, StartSize, throwOnEndOfStream: false)]);
    }

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings)
    {
        try
        {
            using CapsuleFile file = CapsuleFile.Open(what);
            Capsule capsule = file.Read();
            return [Describe(what, capsule), .. file.Runner is { } runner ? ExamineScript(capsule, settings, runner)
                : [Refuse(what, file.Refusal!)]];
        }
        catch (ShimException exception)
        {
            return [new Finding(Severity.Error, what, exception.Message)];
        }
    }

    private static Finding Refuse(string path, ShimException refusal) =>
        new(Severity.Warning, path, $"nothing of it was run: {refusal.Message}");

    private static Finding Describe(string path, Capsule capsule)
    {
        string time = capsule.Time.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);
        bool tellsEnd = capsule.Cause.Contains("(exit status", StringComparison.Ordinal) || capsule.Cause.Contains(
            "signal", StringComparison.Ordinal);
        string end = capsule.End.Length > 0 && !tellsEnd ? $" ({capsule.End})" : "";
        string words = StderrDiagnosis.Quote(Encoding.UTF8.GetString(capsule.ErrorOutput));
        string said = capsule.ErrorOutput.Length > 0 && !capsule.Cause.Contains(words, StringComparison.Ordinal)
            ? $"; standard error: {words}" : "";
        return capsule.Cause.Length > 0
            ? new Finding(Severity.Error, path,
                $"{time}, request {capsule.RequestId}: {capsule.Cause}{end}{said}")
            {
                Advice = capsule.Cure.Length > 0 ? capsule.Cure
                : null
            }
            : new Finding(Severity.Good, path, $"{time}, request {capsule.RequestId}: answered with {capsule.Status}{end}{said}");
    }

    private static IEnumerable<Finding> ExamineScript(Capsule capsule, DoctorSettings settings, UserAccount runner)
    {
        if (capsule.Script.Length == 0)
            return [];
        string path = Encoding.UTF8.GetString(capsule.Script);
        DoctorSettings then = Restore(capsule, settings, runner);
        string said = Encoding.UTF8.GetString(capsule.ErrorOutput);
        Finding? known = said.Length > 0 && RegularFile.IsAt(path) && UserAccount.Current.May(Access.Read, path) ? StderrDiagnosis.Explain(
            new ScriptCase(path, then), said) : null;
        List<Finding> now = [.. new ScriptExamination().Examine(path, then)];
        if (!then.AlsoPosts && !IsRepeatable(capsule))
            now.Add(new Finding(Severity.Good, path,
                $"the recorded request is a {MethodOf(capsule)}, and was not sent again: a GET was sent in its place; --post sends it"));
        if (known is null || now.Exists(finding => finding.Cause == known.Cause))
            return now;
        // A visitor may have named the file that the script could not read, so access to it is not offered.
        Fix? fix = known.Fix is AccessGrant ? null : known.Fix;
        return now.Prepend((known with { Cause = $"at that time {known.Cause}", Fix = fix })
            .Settle(FixScope.OfScript(path, owner: runner.UserId)));
    }

    /// <summary>The user who owns the capsule, and a gateway that sets what the script saw beside the request's own variables.</summary>
    private static DoctorSettings Restore(Capsule capsule, DoctorSettings settings, UserAccount runner)
    {
        HashSet<string> requested = [.. capsule.Variables.Select(variable => Encoding.Latin1.GetString(variable.Name))];
        IEnumerable<string> set = capsule.Environment
            .Where(variable =>
                !requested.Contains(Encoding.Latin1.GetString(variable.Name)) && IsOfThePlace(Encoding.Latin1.GetString(variable.Name)))
            .Where(variable => !capsule.Redacted.Contains($"environment {Encoding.Latin1.GetString(variable.Name)}"))
            .SelectMany(variable =>
                new[] { "--env", $"{Encoding.UTF8.GetString(variable.Name)}={Encoding.UTF8.GetString(variable.Value)}" });
        return settings
            with
        {
            User = runner,
            IsUserNamed = true,
            FixOwner = runner.UserId,
            Gateway = [.. settings.Gateway, .. set, .. InterpreterOptions(capsule)],
            Recorded = settings.AlsoPosts || IsRepeatable(capsule) ? RequestOf(capsule) : null
        };
    }

    /// <summary>What the gateway has admitted once is asked again, as the same user.</summary>
    private static IEnumerable<string> InterpreterOptions(Capsule capsule)
    {
        string extension = Path.GetExtension(Encoding.UTF8.GetString(capsule.Script));
        return capsule.Interpreter.Length == 0 || extension.Length < 2 ? []
            : ["--interpreter", $"{extension}={Encoding.UTF8.GetString(capsule.Interpreter)}", "--allow-writable"];
    }

    /// <summary>The request that the script got. CONTENT_LENGTH is made from the body that was kept.</summary>
    private static RecordedRequest RequestOf(Capsule capsule) => new(MethodOf(capsule),
        [.. capsule.Variables.Select(variable =>
            (Encoding.Latin1.GetString(variable.Name), (string?)Encoding.UTF8.GetString(variable.Value)))
            .Where(variable => variable.Item1 is not ("CONTENT_LENGTH" or "HTTP_CONTENT_LENGTH"))], capsule.Body);

    private static string MethodOf(Capsule capsule) =>
        capsule.Variables.Where(variable => variable.Name.AsSpan().SequenceEqual("REQUEST_METHOD"u8))
            .Select(variable => Encoding.UTF8.GetString(variable.Value)).LastOrDefault() ?? "GET";

    /// <summary>Whether the request changes nothing when it is sent again. RFC 9110 section 9.2.1.</summary>
    private static bool IsRepeatable(Capsule capsule) => MethodOf(capsule) is "GET" or "HEAD" or "OPTIONS";

    /// <summary>The gateway sets the others itself for every request, so they are not restored.</summary>
    private static bool IsOfThePlace(string name) =>
        name is not ("SCRIPT_FILENAME" or "SCRIPT_NAME" or "PATH_INFO" or "PATH_TRANSLATED" or "CONTENT_LENGTH" or "GATEWAY_INTERFACE"
        or "QUERY_STRING" or "REMOTE_ADDR" or "REQUEST_METHOD" or "SERVER_NAME" or "SERVER_PORT" or "SERVER_PROTOCOL" or "SERVER_SOFTWARE"
        or "REDIRECT_STATUS" or "REQUEST_SCHEME");
}
