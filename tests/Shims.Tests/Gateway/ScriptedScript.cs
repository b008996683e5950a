using Shims.Posix;

namespace Shims.Tests.Gateway;

/// <summary>A script that does what a test says, with the other ends of its pipes.</summary>
internal sealed class ScriptedScript : IDisposable
{
    private readonly List<int> _signals = [];
    private readonly int _end;
    private int _input, _output, _errors;

    internal ScriptedScript(in LaunchPlan plan, out int processDescriptor)
    {
        _input = Keep(plan.Input);
        _output = Keep(plan.Output);
        _errors = Keep(plan.Error);
        Assert.True(Libc.CreatePipe(shimReads: true, out processDescriptor, out _end));
    }

    /// <summary>How it has ended; null if it runs.</summary>
    internal ExitStatus? Status { get; private set; }

    /// <summary>The signals that it has been sent.</summary>
    internal IReadOnlyList<int> Signals => _signals;

    /// <summary>Whether a signal that it may handle ends it.</summary>
    internal bool IsObedient { get; set; }

    /// <summary>Writes what fits.</summary>
    /// <returns>How many bytes that was.</returns>
    internal int Write(params ReadOnlySpan<byte> bytes) => (int)Math.Max(0, Libc.Write(_output, bytes));

    internal void WriteError(params ReadOnlySpan<byte> bytes) => Libc.Write(_errors, bytes);

    /// <summary>Reads what is there.</summary>
    /// <returns>How many bytes that was.</returns>
    internal int Read()
    {
        byte[] room = new byte[1 << 20];
        return (int)Math.Max(0, Libc.Read(_input, room));
    }

    internal void CloseInput() => Close(ref _input);

    internal void CloseOutput() => Close(ref _output);

    internal void CloseErrors() => Close(ref _errors);

    /// <summary>Ends by itself. What it has started may still have its pipes.</summary>
    internal void Exit(int code = 0) => End(ExitStatus.OfCode(code));

    internal void OnSignal(int number)
    {
        _signals.Add(number);
        if (number == Flags.SIGKILL || IsObedient)
            End(new ExitStatus(number));
    }

    public void Dispose()
    {
        CloseInput();
        CloseOutput();
        CloseErrors();
        Libc.Close(_end);
    }

    private void End(ExitStatus status)
    {
        if (Status is not null)
            return;
        Status = status;
        Libc.Write(_end, "."u8);
    }

    private static int Keep(int descriptor)
    {
        int kept = Libc.DuplicateAboveStandard(descriptor);
        Libc.SetNonBlocking(kept, true);
        return kept;
    }

    private static void Close(ref int descriptor)
    {
        Libc.Close(descriptor);
        descriptor = -1;
    }
}
