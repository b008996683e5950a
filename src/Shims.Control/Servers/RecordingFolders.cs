using Shims.Control.Servers.Checking;

namespace Shims.Control.Servers;

/// <summary>The directories in which the gateways of this machine keep requests.</summary>
internal static class RecordingFolders
{
    /// <summary>The directory of the documents and examples.</summary>
    private const string Usual = "/var/lib/shims";

    /// <summary>Those that the usual configurations name with <c>--record</c>, and the usual one.</summary>
    internal static IReadOnlyList<string> Find()
    {
        var set = new ConfigurationSet([], ServerKinds.UsualFiles(), ServerKinds.Read);
        IEnumerable<string> named = set.KnownServices.Where(static service => ServiceUsers.IsOurs(service.Place.File))
            .Select(static service => service.Command?.ValueOf("--record")).OfType<string>();
        return [.. named.Append(Usual).Select(static folder => folder.TrimEnd('/')).Distinct().Where(Directory.Exists)];
    }
}
