using Shims.Control.Doctor;
using Shims.Control.Servers.Checking;

namespace Shims.Control.Servers;

/// <summary>Looks at a server's configuration.</summary>
internal sealed class ConfigurationExamination(ConfigurationSet set) : IExamination
{
    public bool Recognises(string what) => set.At(what) is not null;

    public IEnumerable<string> FindAll() => ServerKinds.UsualFiles().Where(file => set.At(file)?.IsLookedFor == true);

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings) => set.At(what)!.Examine(set, settings);
}
