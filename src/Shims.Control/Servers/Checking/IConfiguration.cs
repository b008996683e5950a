using Shims.Control.Doctor;

namespace Shims.Control.Servers.Checking;

/// <summary>The configuration of one server, as it was read from a file.</summary>
internal interface IConfiguration
{
    /// <summary>The services that it makes listen.</summary>
    IEnumerable<Service> Services => [];

    /// <summary>The sockets and programs that it sends requests to.</summary>
    IEnumerable<Upstream> Upstreams => [];

    /// <summary>True if it is to be looked at where the command line names nothing.</summary>
    bool IsLookedFor => true;

    /// <summary>Looks for faults.</summary>
    /// <param name="set">Everything that is looked at with it.</param>
    /// <param name="settings">For whom, and how far.</param>
    IEnumerable<Finding> Examine(ConfigurationSet set, DoctorSettings settings);
}
