using System.Text.RegularExpressions;

namespace Shims.ProgramTests.Distribution;

/// <summary>The programs in virtual machines with the kernel (5.10) and the C library (2.31) of Debian 11: arm64, compiled here for that processor, and this one.</summary>
/// <remarks>The first process of the machine is the script beside this file, which makes the checks.</remarks>
[Trait(TestExtent.Trait, TestExtent.Whole), Trait("suite", "distribution")]
public sealed partial class MachineTests
{
    /// <summary>Checks of the script, at the least: one that ends early has fewer.</summary>
    private const int FewestChecks = 100;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(15);

    public static TheoryData<string, string[]> Machines => new()
    {
        { "linux-arm64", ["qemu-system-aarch64", "-machine", "virt", "-cpu", "cortex-a57", "-append", "console=ttyAMA0 panic=-1 quiet"] },
        { "linux-x64", ["qemu-system-x86_64", "-machine", "q35", "-append", "console=ttyS0 panic=-1 quiet"] },
    };

    [Theory, MemberData(nameof(Machines))]
    public async Task Every_way_to_serve_works_on_another_processor_and_an_old_system(string rid, string[] machine)
    {
        Requires.Tools(machine[0], "busybox", "dpkg-deb", "curl");
        await Command.RunAsync(Repository.PathTo("scripts/machine"), [rid, Repository.PathTo("tests/Shims.ProgramTests/Distribution/machine-init")], Repository.Root);
        string[] lines = await VirtualMachine.CheckAsync(machine, Repository.PathTo($"artifacts/machine/{rid}"), memory: 1024, FewestChecks, s_limit);
        Assert.Contains(lines, line => Name().Match(line) is { Success: true } name && name.Groups[1].Value == (rid == "linux-arm64" ? "aarch64" : "x86_64"));
    }

    [GeneratedRegex(@"^machine (\w+) 5\.10\.")]
    private static partial Regex Name();
}
