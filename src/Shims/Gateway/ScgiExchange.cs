using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shims.Cgi;
using Shims.Diagnostics;

namespace Shims.Gateway;

/// <summary>The one request of an SCGI connection.</summary>
internal sealed unsafe class ScgiExchange(ScgiConnection connection) : Exchange(connection.Server)
{
    private byte* _block;
    private int _blockLength;

    internal override CgiVariables Variables => new(new ReadOnlySpan<byte>(_block, _blockLength));

    internal override string Peer => connection.Peer;

    internal void SetVariables(CgiVariables variables)
    {
        // The block lies in the request's memory, which does not move.
        _block = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(variables.Block));
        _blockLength = variables.Block.Length;
        StartRecording();
    }

    internal override void Advance() => connection.AdvanceAll();

    internal override int Write(ReadOnlySpan<byte> output)
    {
        int count = connection.SendAnswer(output);
        HasAnswerLeft |= count > 0;
        return count;
    }

    internal override SpliceResult Splice(int pipe, long most, out int moved) => connection.SpliceAnswer(pipe, most, out moved);

    internal override void WriteError(ReadOnlySpan<byte> lines) => Log.WriteScriptOutput(lines);

    internal override void End(int exitCode) => connection.EndAnswer();

    internal override void Break() => connection.BreakAnswer();

    protected override byte[] Enclose(byte[] response) => WrongProtocol.Enclose(connection.Header, response);
}
