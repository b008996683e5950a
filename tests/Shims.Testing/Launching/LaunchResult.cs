using System.Text;

namespace Shims.Testing;

/// <summary>How a started program ended.</summary>
/// <param name="ExitCode">The exit code; -1 if a signal ended it.</param>
/// <param name="Signal">The signal that ended it, or 0.</param>
/// <param name="Output">What it wrote to descriptor 1, if nothing else was put there.</param>
/// <param name="Error">What it wrote to descriptor 2, if nothing else was put there.</param>
/// <param name="PeakMemory">
/// Largest resident set in bytes, as the kernel's VmHWM said while the program ran; 0 if it ended before the first look. wait4's
/// ru_maxrss would be exact and useless: across exec it carries over the peak of the process that spawned, which is the test's.
/// </param>
public sealed record LaunchResult(int ExitCode, int Signal, byte[] Output, byte[] Error, long PeakMemory)
{
    /// <summary>The standard error as text.</summary>
    public string ErrorText => Encoding.UTF8.GetString(Error);

    /// <summary>The standard output as text.</summary>
    public string OutputText => Encoding.UTF8.GetString(Output);
}
