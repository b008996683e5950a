namespace Shims.PackageTests;

/// <summary>The packages on a Debian 12 whose process 1 is systemd, in a virtual machine: installed, enabled, behind nginx, upgraded while a request runs, removed and purged.</summary>
/// <remarks>The script beside this file makes the checks.</remarks>
[Collection(Distribution.Collection), Trait(TestExtent.Trait, TestExtent.Whole)]
public sealed class SystemdTests(Distribution distribution)
{
    /// <summary>Checks of the script, at the least: one that ends early has fewer.</summary>
    private const int FewestChecks = 70;

    /// <summary>To fetch Debian 12, once.</summary>
    private static readonly TimeSpan s_preparation = TimeSpan.FromMinutes(15);

    /// <summary>For all checks, by an emulated processor.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(40);

    /// <summary>The lines of the page, as they are run there.</summary>
    private static string FirstPage
    {
        get
        {
            string section = File.ReadAllText(Repository.PathTo("docs/packages.md")).Split("## A first page on Debian or Ubuntu\n")[1];
            return section.Split("```text\n")[1].Split("```")[0].Replace("_amd64.", $"_{Distribution.Machine.Debian}.", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Installed_enabled_upgraded_under_load_removed_and_purged()
    {
        distribution.Require();
        string[] emulator = Distribution.Machine.Debian == "arm64"
            ? ["qemu-system-aarch64", "-machine", "virt", "-cpu", "cortex-a57", "-append", "console=ttyAMA0 panic=-1 quiet systemd.show_status=0"]
            : ["qemu-system-x86_64", "-machine", "q35", "-append", "console=ttyS0 panic=-1 quiet systemd.show_status=0"];
        Requires.Tools(emulator[0], "debootstrap", "busybox");
        Requires.Place(Environment.IsPrivilegedProcess, "root");

        using var folder = new TemporaryFolder();
        string[] given = [Distribution.Debian("shims"), Distribution.Debian("shims-dotnet"), Distribution.Debian("shimctl"), await LaterAsync(folder, "next", 1), await LaterAsync(folder, "later", 2), folder.Write("first-page", FirstPage)];
        LaunchResult made = await Launcher.RunAsync(new Launch { Program = Repository.PathTo("scripts/debian-12"), Arguments = [Repository.PathTo("tests/Shims.PackageTests/systemd-script"), .. given] }.WithEnvironment(Distribution.Surroundings), s_preparation);
        Assert.True(made.ExitCode == 0, made.ErrorText + made.OutputText);

        await VirtualMachine.CheckAsync(emulator, Repository.PathTo("artifacts/machine/debian-12"), memory: 2048, FewestChecks, s_limit);
    }

    /// <summary>The package shims as a later version, with the same files.</summary>
    private static async Task<string> LaterAsync(TemporaryFolder folder, string name, int later)
    {
        string tree = folder.PathTo(name), control = $"{tree}/DEBIAN/control";
        await Command.RunAsync("dpkg-deb", ["--raw-extract", Distribution.Debian("shims"), tree]);
        File.WriteAllText(control, File.ReadAllText(control).Replace($"Version: {Distribution.Version}", $"Version: {Distribution.Version}+{later}", StringComparison.Ordinal));
        await Command.RunAsync("dpkg-deb", ["--root-owner-group", "-Znone", "--build", tree, folder.PathTo($"{name}.deb")]);
        return folder.PathTo($"{name}.deb");
    }
}
