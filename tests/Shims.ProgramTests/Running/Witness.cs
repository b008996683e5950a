namespace Shims.ProgramTests;

/// <summary>
/// A named pipe that a script holds open for as long as it, or anything it has started, lives. So the test sees the moment the
/// last of them ends, without having to know who they are.
/// </summary>
/// <remarks>In a shell script: <c>exec 9&gt;PATH; echo here &gt;&amp;9</c>.</remarks>
internal sealed class Witness
{
    private readonly Task<StreamReader> _reader;

    internal Witness(string path)
    {
        Path = NamedPipe.Make(path);
        // Opening waits for the writer, so it needs a thread of its own.
        _reader = Task.Factory.StartNew(() => new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1)),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public string Path { get; }

    /// <summary>The shell command that opens the pipe and writes one line to it.</summary>
    public string Appear => $"exec 9>{Path}; echo $$ >&9";

    /// <summary>Waits for the next line the script writes to the pipe.</summary>
    public async Task<string> LineAsync()
    {
        StreamReader reader = await _reader.Patiently();
        return await Task.Run(reader.ReadLine).Patiently() ?? throw new EndOfStreamException("the script has ended");
    }

    /// <summary>Waits until nobody holds the pipe any more.</summary>
    public async Task GoneAsync()
    {
        StreamReader reader = await _reader.Patiently();
        await Task.Run(reader.ReadToEnd).Patiently();
    }
}
