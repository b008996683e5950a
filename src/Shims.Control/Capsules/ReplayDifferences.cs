using System.Globalization;
using System.Text;
using Shims.Control.Terminal;
using Shims.Recording;

namespace Shims.Control.Capsules;

/// <summary>Differences between a replay and the recorded run, as notices.</summary>
/// <param name="capsule">The recorded run.</param>
/// <param name="settings">Variables to set, NAME=VALUE.</param>
internal sealed class ReplayDifferences(Capsule capsule, IReadOnlyList<string> settings)
{
    /// <summary>The environment of the capsule, with the settings and a corrected CONTENT_LENGTH.</summary>
    internal IReadOnlyList<CapsuleVariable> Environment
    {
        get
        {
            CapsuleVariable[] set = [.. settings.Select(Split)];
            if (IsBodyOther)
            {
                byte[] length = Encoding.ASCII.GetBytes(capsule.Body.Length.ToString(CultureInfo.InvariantCulture));
                set = [new CapsuleVariable("CONTENT_LENGTH"u8.ToArray(), length), .. set];
            }
            IEnumerable<CapsuleVariable> kept = capsule.Environment.Where(variable =>
                !set.Any(other => other.Name.AsSpan().SequenceEqual(variable.Name)));
            return [.. kept, .. set.GroupBy(static variable => Encoding.UTF8.GetString(variable.Name))
                .Select(static group => group.Last())];
        }
    }

    /// <summary>Whether the recorded body has another length than CONTENT_LENGTH. A script that reads so many bytes would wait for the
    /// rest.</summary>
    private bool IsBodyOther => capsule.Body.Length != ContentLength;

    /// <summary>CONTENT_LENGTH of the recorded run: more than was received, if the web server closed the connection early.</summary>
    private long ContentLength =>
        capsule.Environment.FirstOrDefault(static variable => variable.Is("CONTENT_LENGTH")).Value is { } digits
            ? Capsule.Number(digits)
            : 0;

    /// <summary>A sentence for each difference.</summary>
    internal IEnumerable<string> Describe()
    {
        HashSet<string> set = [.. settings.Select(static setting => setting[..setting.IndexOf('=')])];
        const string variables = "environment ";
        IEnumerable<string> names = capsule.Redacted.Where(place => place.StartsWith(variables, StringComparison.Ordinal))
            .Select(static place => place[variables.Length..]);
        string[] redacted = [.. names.Where(name => !set.Contains(name))];
        if (redacted.Length > 0)
        {
            yield return $"secrets were redacted: the script gets [redacted] in {string.Join(", ", redacted.Select(VisibleText.Of))}: " +
                $"set them with --env {VisibleText.Of(redacted[0])}=VALUE";
        }
        if (capsule.Redacted.Contains(CapsuleSection.Body))
            yield return "secrets were redacted in the body";
        if (capsule.Redacted.Contains(CapsuleSection.Data))
            yield return "secrets were redacted in the file on descriptor 3";
        if (capsule.Body.Length < ContentLength && !capsule.Redacted.Contains(CapsuleSection.Body))
            yield return $"only the first {capsule.Body.Length} of {ContentLength} bytes of the body were recorded";
        if (IsBodyOther)
            yield return $"CONTENT_LENGTH was changed to {capsule.Body.Length}, the length of the recorded body";
        if (capsule.Data is { } data && data.Length < capsule.DataLength)
            yield return $"only the first {data.Length} of {capsule.DataLength} bytes of the file on descriptor 3 were recorded";
        if (capsule.IsCut)
            yield return "the request was too large to be recorded completely: variables are missing";
    }

    private static CapsuleVariable Split(string setting)
    {
        int equals = setting.IndexOf('=');
        return new CapsuleVariable(Encoding.UTF8.GetBytes(setting[..equals]), Encoding.UTF8.GetBytes(setting[(equals + 1)..]));
    }
}
