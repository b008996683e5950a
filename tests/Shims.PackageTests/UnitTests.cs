using System.Text.RegularExpressions;

namespace Shims.PackageTests;

/// <summary>The systemd units of the packages: who may connect, what a script may do, and what systemd says of them.</summary>
public sealed partial class UnitTests(Units units) : IClassFixture<Units>
{
    public static TheoryData<string> Programs => [.. Units.Programs];

    public static TheoryData<string> Sockets => [.. Units.Sockets];

    public static TheoryData<string> Services => [.. Units.Services];

    [Fact]
    public void Each_gateway_has_two_sockets_and_two_services_and_no_mark_of_the_template_is_left()
    {
        Assert.Equal(Units.Sockets.Concat(Units.Services).Order(StringComparer.Ordinal), Directory.EnumerateFiles(units.PathTo("")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Units.Sockets.Concat(Units.Services), name => Assert.DoesNotMatch("@[A-Z]+@", File.ReadAllText(units.PathTo(name))));
    }

    [Theory, MemberData(nameof(Programs))]
    public void Two_sockets_at_one_path_exclude_each_other(string program)
    {
        UnitFile each = units[$"{program}.socket"], wait = units[$"{program}-wait.socket"];
        Assert.Equal(each["Socket", "ListenStream"], wait["Socket", "ListenStream"]);
        Assert.Equal(("yes", "no"), (each["Socket", "Accept"], wait["Socket", "Accept"]));
        Assert.Equal($"{program}-wait.socket", each["Unit", "Conflicts"]);
        Assert.Equal($"{program}.socket", wait["Unit", "Conflicts"]);
        // Without an order the one that stops would remove the file of the one that starts; with two, systemd finds a circle.
        Assert.Equal($"{program}.socket", wait["Unit", "After"]);
        Assert.Empty(each.Values("Unit", "After").Concat(each.Values("Unit", "Before")));
        Assert.Equal($"{program}-wait.socket", units[$"{program}-wait.service"]["Unit", "Requires"]);
    }

    [Theory, MemberData(nameof(Sockets))]
    public void Members_of_the_group_may_connect_and_a_burst_stops_nothing(string name)
    {
        UnitFile socket = units[name];
        Assert.Equal(("shims", "0660", "yes"), (socket["Socket", "SocketGroup"], socket["Socket", "SocketMode"], socket["Socket", "RemoveOnStop"]));
        Assert.Empty(socket.Values("Socket", "SocketUser"));
        Assert.Equal("0", socket["Socket", "TriggerLimitBurst"]);
        Assert.Equal("sockets.target", socket["Install", "WantedBy"]);
        Assert.StartsWith("/run/shims/", socket["Socket", "ListenStream"]);
    }

    [Fact]
    public void The_folder_of_the_sockets_is_made_for_that_group()
    {
        Assert.Contains("d /run/shims 0750 root shims - -", File.ReadLines(Repository.PathTo("packaging/systemd/shims.tmpfiles")));
        Assert.Contains("g shims -", File.ReadLines(Repository.PathTo("packaging/systemd/shims.sysusers")));
    }

    [Theory, MemberData(nameof(Services))]
    public void A_service_runs_an_installed_program_whose_manual_it_names_as_a_user_of_its_own(string name)
    {
        string program = ProgramOf().Match(name).Value;
        UnitFile service = units[name];
        Assert.StartsWith($"/usr/libexec/{program} ", service["Service", "ExecStart"]);
        Assert.Equal($"man:{program}(8)", service["Unit", "Documentation"]);
        Assert.Equal("yes", service["Service", "DynamicUser"]);
        Assert.Empty(service.Values("Service", "User"));
        Assert.Empty(service.Values("Install", "WantedBy"));
        // Compilers that make machine code while they run would end. The file says so.
        Assert.Empty(service.Values("Service", "MemoryDenyWriteExecute"));
        Assert.Contains("# Not here: MemoryDenyWriteExecute=.", File.ReadAllText(units.PathTo(name)));
    }

    [Theory, MemberData(nameof(Services))]
    public async Task Systemd_rates_the_exposure_of_a_service_at_four_or_less(string name)
    {
        Requires.Tools("systemd-analyze");
        // Ends with another status where the level is above the threshold, in tenths.
        LaunchResult result = await AnalyzeAsync("security", "--offline=yes", "--no-pager", "--threshold=40", units.PathTo(name));
        Assert.True(result.ExitCode == 0, result.OutputText + result.ErrorText);
        Assert.Contains("Overall exposure level", result.OutputText);
    }

    [Theory, MemberData(nameof(Sockets))]
    public async Task The_manager_itself_finds_no_fault_with_the_units(string name)
    {
        Requires.Tools("systemd-analyze");
        using var here = new TemporaryFolder();
        // With programs that are there and a group that every machine has, under their own names, side by side.
        foreach (string unit in Units.Sockets.Concat(Units.Services))
        {
            string text = await File.ReadAllTextAsync(units.PathTo(unit));
            here.Write(unit, text.Replace("/usr/libexec", Repository.PathTo("bin"), StringComparison.Ordinal).Replace("SocketGroup=shims", "SocketGroup=root", StringComparison.Ordinal));
        }
        LaunchResult result = await AnalyzeAsync("verify", "--man=no", "--recursive-errors=no", here.PathTo(name));
        // PollLimitBurst= came with systemd 255, and older ones only say that they do not know it.
        Assert.DoesNotContain(result.ErrorText.Split('\n'), line => line.Contains(here.Path, StringComparison.Ordinal) && !line.Contains("PollLimitBurst", StringComparison.Ordinal));
    }

    private static Task<LaunchResult> AnalyzeAsync(params string[] arguments) =>
        Launcher.RunAsync(new Launch { Program = Tool.PathOf("systemd-analyze"), Arguments = arguments }.WithEnvironment("LC_ALL=C.UTF-8"));

    [GeneratedRegex("^[a-z]+-run")]
    private static partial Regex ProgramOf();
}
