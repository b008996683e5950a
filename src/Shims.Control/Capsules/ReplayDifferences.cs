using System.Globalization;
using System.Text;
using Shims.Control.Terminal;
using Shims.Recording;

namespace Shims.Control.Capsules;

/// <summary>What a script finds otherwise than it did the first time, and says so.</summary>
/// <param name="capsule">What it found then.</param>
/// <param name="settings">Variables that are set anew, NAME=VALUE.</param>
internal sealed class ReplayDifferences(Capsule capsule, IReadOnlyList<string> settings)
{
    /// <summary>The environment for the script: that of the capsule, with the settings in it, and a CONTENT_LENGTH that is true.</summary>
    internal IReadOnlyList<CapsuleVariable> Environment
    {
        get
        {
            CapsuleVariable[] set = [.. settings.Select(Split)];
            if (IsBodyOther)
                set = [new CapsuleVariable("CONTENT_LENGTH"u8.ToArray(), Encoding.ASCII.GetBytes(capsule.Body.Length.ToString(CultureInfo.InvariantCulture))), .. set];
            IEnumerable<CapsuleVariable> kept = capsule.Environment.Where(variable => !set.Any(other => other.Name.AsSpan().SequenceEqual(variable.Name)));
            return [.. kept, .. set.GroupBy(static variable => Encoding.UTF8.GetString(variable.Name)).Select(static group => group.Last())];
        }
    }

    /// <summary>A script that reads as many bytes as CONTENT_LENGTH says must find so many.</summary>
    private bool IsBodyOther => capsule.Body.Length != Announced;

    /// <summary>Bytes of body that the script was to find: more than have come, if the web server broke off.</summary>
    private long Announced => capsule.Environment.FirstOrDefault(static variable => variable.Is("CONTENT_LENGTH")).Value is { } digits ? Capsule.Number(digits) : 0;

    /// <summary>One sentence for each.</summary>
    internal IEnumerable<string> Describe()
    {
        HashSet<string> set = [.. settings.Select(static setting => setting[..setting.IndexOf('=')])];
        string[] redacted = [.. capsule.Redacted.Where(place => place.StartsWith("environment ", StringComparison.Ordinal)).Select(static place => place[12..]).Where(name => !set.Contains(name))];
        if (redacted.Length > 0)
            yield return $"secrets were taken out, so the script finds [redacted] in {string.Join(", ", redacted.Select(VisibleText.Of))}: give them with --env {VisibleText.Of(redacted[0])}=VALUE";
        if (capsule.Redacted.Contains(CapsuleSection.Body))
            yield return "secrets were taken out of the body";
        if (capsule.Redacted.Contains(CapsuleSection.Data))
            yield return "secrets were taken out of the file on descriptor 3";
        if (capsule.Body.Length < Announced && !capsule.Redacted.Contains(CapsuleSection.Body))
            yield return $"only the first {capsule.Body.Length} of {Announced} bytes of the body were kept";
        if (IsBodyOther)
            yield return $"CONTENT_LENGTH is {capsule.Body.Length}, as long as the body is now";
        if (capsule.Data is { } data && data.Length < capsule.DataLength)
            yield return $"only the first {data.Length} of {capsule.DataLength} bytes of the file on descriptor 3 were kept";
        if (capsule.IsCut)
            yield return "the request was too large to be kept whole, so variables are missing";
    }

    private static CapsuleVariable Split(string setting)
    {
        int equals = setting.IndexOf('=');
        return new CapsuleVariable(Encoding.UTF8.GetBytes(setting[..equals]), Encoding.UTF8.GetBytes(setting[(equals + 1)..]));
    }
}
