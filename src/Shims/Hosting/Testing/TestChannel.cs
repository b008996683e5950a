using Shims.Diagnostics;
using Shims.Gateway.Requests;

namespace Shims.Hosting;

/// <summary>The request of a test and its response, in memory.</summary>
internal sealed class TestChannel(LoopContext context, ReadOnlyMemory<byte> body, StringWriter said) : SingleChannel(context)
{
    private readonly MemoryStream _output = new();
    private ReadOnlyMemory<byte> _rest = body;

    public override string Protocol => "test";

    /// <summary>True if the response broke off.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>The response so far, header and body.</summary>
    internal ReadOnlySpan<byte> Output => _output.GetBuffer().AsSpan(0, (int)_output.Length);

    public override void WriteError(ReadOnlySpan<byte> lines, ScriptLog log) => said.Write(System.Text.Encoding.UTF8.GetString(lines));

    public override void Break()
    {
        IsBroken = true;
        HasEnded = true;
    }

    protected override bool WaitForBody(int milliseconds) => true;

    protected override nint ReadBody(Span<byte> room)
    {
        int count = Math.Min(room.Length, _rest.Length);
        _rest.Span[..count].CopyTo(room);
        _rest = _rest[count..];
        return count;
    }

    protected override nint WriteOutput(ReadOnlySpan<byte> output)
    {
        _output.Write(output);
        return output.Length;
    }
}
