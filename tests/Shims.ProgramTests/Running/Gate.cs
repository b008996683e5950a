namespace Shims.ProgramTests;

/// <summary>A named pipe on which a script waits until the test lets it go on.</summary>
/// <remarks>In a shell script: <c>read line &lt;PATH</c>.</remarks>
internal sealed class Gate
{
    internal Gate(string path) => Path = NamedPipe.Make(path);

    public string Path { get; }

    /// <summary>The shell command that waits.</summary>
    public string Pass => $"read line <{Path}";

    /// <summary>Lets through whoever still waits, when the test is over and perhaps has failed.</summary>
    internal void Abandon()
    {
        // Open for both, so that there is nothing to wait for.
        using var pipe = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 1);
        pipe.Write("go on\n"u8);
    }

    /// <summary>Lets one reader through; waits for it if it is not there yet.</summary>
    public Task OpenAsync() => Task.Factory.StartNew(() =>
    {
        using var pipe = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 1);
        pipe.Write("go on\n"u8);
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Patiently();
}
