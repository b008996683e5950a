using System.Text.RegularExpressions;
using Shims.Control.Doctor;
using Shims.Control.Servers.Checking;

namespace Shims.Control.Servers.Apache;

/// <summary>A file of workers of mod_jk, such as <c>/etc/libapache2-mod-jk/workers.properties</c>.</summary>
internal sealed partial class JkConfiguration(JkWorkers workers) : IConfiguration
{
    public IEnumerable<Upstream> Upstreams => workers.Listed;

    internal static bool Recognises(string text) => Form().IsMatch(text);

    internal static JkConfiguration Load(string path, string text) => new(JkWorkers.OfFile(path, text));

    public IEnumerable<Finding> Examine(ConfigurationSet set, DoctorSettings settings) => UpstreamChecks.ExamineAll(Upstreams, set, settings);

    [GeneratedRegex(@"^\s*worker\.(list|[\w.-]+\.(type|host|port|secret|reference|balance_workers))\s*=", RegexOptions.Multiline)]
    private static partial Regex Form();
}
