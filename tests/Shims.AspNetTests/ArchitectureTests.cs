using Shims.Testing.Architecture;

namespace Shims.AspNetTests;

/// <summary>The layout of src/Shims.AspNetCore.</summary>
public sealed class ArchitectureTests
{
    private static readonly Layout s_layout = new("Shims.AspNetCore", Path.Combine(Path.GetDirectoryName(App.Managed)!, "Shims.AspNetCore.dll"), new Dictionary<string, string[]>
    {
        ["Starting"] = [],
        ["Channels"] = [],
        ["Features"] = ["Channels"],
        ["Serving"] = ["Starting", "Channels", "Features"],
        ["Http"] = ["Starting"],
        ["Hosting"] = ["Starting", "Channels", "Features", "Serving", "Http"],
    });

    [Fact]
    public void Each_folder_knows_only_those_that_it_may() => s_layout.AssertNoOtherArrows();

    [Fact]
    public void The_table_of_folders_leads_in_one_direction_and_has_all_of_them() => s_layout.AssertOneDirection();

    [Fact]
    public void No_more_than_four_types_lead_to_each_other() => s_layout.AssertNoLargeKnots();

    [Fact]
    public void No_type_is_longer_than_250_lines() => s_layout.AssertSizes(byFile: "none", "Starting/GenericTypes");
}
