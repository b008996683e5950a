using Xunit;

namespace Shims.Testing;

/// <summary>A machine that qemu emulates: a kernel, an initramfs, and a script of checks that is run there.</summary>
public static class VirtualMachine
{
    /// <summary>Runs the machine until it switches itself off. Each check has passed, and the script has come to its end, or the test fails.</summary>
    /// <param name="emulator">qemu, and what it is told of processor and kernel.</param>
    /// <param name="folder">Where vmlinuz and initramfs are.</param>
    /// <param name="memory">MiB.</param>
    /// <param name="fewest">Checks, at the least: a script that ends early has fewer.</param>
    /// <param name="limit">For all of them.</param>
    /// <returns>The lines that it has written.</returns>
    public static async Task<string[]> CheckAsync(string[] emulator, string folder, int memory, int fewest, TimeSpan limit)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Tool.PathOf(emulator[0]),
            Arguments = [.. emulator[1..], "-m", $"{memory}", "-smp", "2", "-accel", "tcg", "-display", "none", "-serial", "stdio", "-monitor", "none", "-nic", "none", "-no-reboot",
                "-kernel", Path.Combine(folder, "vmlinuz"), "-initrd", Path.Combine(folder, "initramfs")],
        }, limit);
        string[] lines = [.. result.OutputText.Split('\n').Select(static line => line.Trim())];
        string all = string.Join('\n', lines.TakeLast(400));
        Assert.True(lines.Contains("the end"), $"the machine has not come to the end of its checks: {result.ErrorText}\n{all}");
        string[] failed = [.. lines.Where(static line => line.StartsWith("not ok ", StringComparison.Ordinal))];
        Assert.True(failed.Length == 0, string.Join('\n', failed));
        Assert.True(lines.Count(static line => line.StartsWith("ok ", StringComparison.Ordinal)) >= fewest, all);
        return lines;
    }
}
