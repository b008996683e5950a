using Shims.Control.Commands;
using Shims.Testing.Architecture;

namespace Shims.ControlTests.Architecture;

/// <summary>The layout of src/Shims.Control: which folder may know which, and how large a knot of types and a type may be.</summary>
public sealed class ArchitectureTests
{
    private static readonly string[] s_servers = ["Systemd", "Xinetd", "Inetd", "Launchd", "Ucspi", "Caddy", "Apache", "Lighttpd", "HAProxy", "Nginx"];

    /// <summary>A server knows no other server.</summary>
    private static readonly string[] s_server = ["Users", "Doctor/Fixes", "Doctor", "Servers/Writing", "Servers/Reading", "Servers/Checking"];

    /// <summary>Each folder of src/Shims.Control with those that it may know. The first know nothing; nothing knows the last.</summary>
    private static readonly Layout s_control = new("Shims.Control", typeof(ControlCommand).Assembly.Location, new Dictionary<string, string[]>
    {
        ["Terminal"] = [],
        ["Processes"] = [],
        ["Users"] = ["Processes"],
        ["Client"] = ["Terminal", "Processes", "Users"],
        ["Capsules"] = ["Terminal", "Processes", "Users"],
        ["Doctor/Fixes"] = ["Terminal", "Processes", "Users"],
        ["Doctor"] = ["Terminal", "Users", "Doctor/Fixes"],
        ["Doctor/Languages"] = ["Processes"],
        ["Doctor/Scripts"] = ["Processes", "Users", "Doctor/Fixes", "Doctor", "Doctor/Languages"],
        ["Doctor/Live"] = ["Processes", "Users", "Client", "Capsules", "Doctor/Fixes", "Doctor", "Doctor/Languages", "Doctor/Scripts"],
        ["Servers/Reading"] = ["Doctor"],
        ["Servers/Apps"] = ["Servers/Reading"],
        ["Servers/Writing"] = ["Processes", "Servers/Apps"],
        ["Servers/Checking"] = ["Processes", "Users", "Client", "Doctor/Fixes", "Doctor", "Doctor/Scripts", "Doctor/Live", "Servers/Reading", "Servers/Apps"],
        ["Servers/Systemd"] = [.. s_server, "Doctor/Scripts", "Servers/Apps"],
        ["Servers/Xinetd"] = s_server,
        ["Servers/Inetd"] = s_server,
        ["Servers/Launchd"] = ["Servers/Writing"],
        ["Servers/Ucspi"] = ["Servers/Writing"],
        ["Servers/Caddy"] = s_server,
        ["Servers/Apache"] = s_server,
        ["Servers/Lighttpd"] = s_server,
        ["Servers/HAProxy"] = s_server,
        ["Servers/Nginx"] = s_server,
        ["Servers"] = ["Processes", "Users", "Client", "Doctor/Fixes", "Doctor", "Doctor/Live", "Servers/Writing", "Servers/Reading", "Servers/Apps", "Servers/Checking", .. s_servers.Select(server => $"Servers/{server}")],
        ["Recipes"] = ["Processes", "Servers/Writing", "Servers"],
        ["Serve/Views"] = [],
        ["Serve"] = ["Processes", "Users", "Client", "Doctor", "Doctor/Scripts", "Servers", "Serve/Views"],
        ["Commands"] = ["Terminal", "Processes", "Users", "Client", "Capsules", "Doctor", "Servers", "Servers/Apps", "Servers/Writing", "Recipes", "Serve"],
    });

    [Fact]
    public void Each_folder_knows_only_those_that_it_may() => s_control.AssertNoOtherArrows();

    [Fact]
    public void The_table_of_folders_leads_in_one_direction_and_has_all_of_them() => s_control.AssertOneDirection();

    [Fact]
    public void No_more_than_four_types_lead_to_each_other() => s_control.AssertNoLargeKnots();

    [Fact]
    public void No_type_is_longer_than_250_lines() => s_control.AssertSizes(byFile: null);
}
