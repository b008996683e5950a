using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Posix;

namespace Shims.Gateway;

/// <summary>One request of a FastCGI connection.</summary>
internal sealed unsafe class FastCgiExchange(FastCgiConnection connection, ushort id) : Exchange(connection.Server)
{
    private readonly ArrayBufferWriter<byte> _parameters = new(2048);
    private byte* _block;
    private int _blockLength;

    internal ushort Id { get; } = id;

    internal override CgiVariables Variables => new(new ReadOnlySpan<byte>(_block, _blockLength));

    /// <summary>Whether the PARAMS stream has ended.</summary>
    internal bool HasParameters { get; private set; }

    /// <summary>Whether the script has been started, or refused.</summary>
    internal bool IsStarted { get; private set; }

    /// <summary>Whether a STDERR record has gone out, so that the stream wants an end. FastCGI 1.0 section 3.3.</summary>
    internal bool HasSentErrors { get; private set; }

    /// <summary>Until when the rest of a body that nobody reads is awaited.</summary>
    internal long DrainUntil { get; private set; } = long.MaxValue;

    /// <summary>Whether the record that ends the body is left unread in the socket.</summary>
    internal bool IsEndHeld { get; set; }

    internal override bool CanTakeErrors => connection.HasRoom;

    /// <summary>Takes in a part of the PARAMS stream; none is its end.</summary>
    internal void AddParameters(ReadOnlySpan<byte> part)
    {
        if (HasParameters)
            return;
        if (_parameters.WrittenCount + part.Length > Server.Options.Limits.HeaderSize)
        {
            Refuse(new Fault(400, $"the request's parameters are longer than {Server.Options.Limits.HeaderSize} bytes", "raise --max-header, or let the web server send less"));
            return;
        }
        _parameters.Write(part);
    }

    /// <summary>The PARAMS stream has ended: the variables can be read.</summary>
    internal void EndParameters()
    {
        if (HasParameters)
            return;
        HasParameters = true;
        ReadOnlySpan<byte> stream = _parameters.WrittenSpan;
        Memory = Arena.Create(ScriptLaunch.MemoryFor(stream.Length, Server.Options.Environment));
        Span<byte> block = Memory.Take(stream.Length + 1);
        if (Parameters.TryDecode(stream, block, out CgiVariables variables) != OperationStatus.Done)
        {
            Refuse(new Fault(400, "the request's parameters are no list of names and values", "let the web server send names without = or NUL, values without NUL, fewer than 1024") { ExitCode = ExitCode.PeerError });
            return;
        }
        _block = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(variables.Block));
        _blockLength = variables.Block.Length;
        if (ContentLength.TryRead(variables, out long length))
            BodyLength = length;
        else
            Refuse(new Fault(400, "CONTENT_LENGTH is no number", "let the web server send digits") { ExitCode = ExitCode.PeerError });
    }

    /// <summary>Starts the script once its variables are known, and, if the body's length is not, the body.</summary>
    internal void StartIfReady()
    {
        if (IsStarted || !HasParameters)
            return;
        if (Body.IsComplete)
            BodyLength = Body.Received; // the stream's length is the true one
        if (BodyLength == ContentLength.Unknown)
            return;
        IsStarted = true;
        ScriptResponder.Start(this);
    }

    /// <summary>Takes in a part of the body.</summary>
    internal void AddBody(ReadOnlySpan<byte> part)
    {
        long limit = Server.Options.Limits.BodySize;
        if (!IsStarted && Body.Received + part.Length > limit)
        {
            Refuse(new Fault(413, "the request's body is larger than --max-body allows", $"raise --max-body (now {limit} bytes), or let the web server refuse it"));
            return;
        }
        if (!Body.Add(part))
            Refuse(new Fault(500, $"the request's body does not fit into the temporary directory (error {Libc.Errno})", "make room there, or set TMPDIR") { ExitCode = ExitCode.SystemError });
    }

    internal void EndDrain()
    {
        IsDrainOver = true;
        DrainUntil = long.MaxValue;
    }

    internal override void Advance() => connection.AdvanceAll();

    internal override int Write(ReadOnlySpan<byte> output)
    {
        int count = connection.WriteStream(RecordType.Stdout, Id, output);
        HasAnswerLeft |= count > 0;
        return count;
    }

    internal override void WriteError(ReadOnlySpan<byte> lines)
    {
        if (Server.Options.StandardError is not null)
        {
            Log.WriteScriptOutput(lines);
            return;
        }
        HasSentErrors = true;
        connection.WriteRecord(RecordType.Stderr, Id, lines);
    }

    internal override void ReportFault(Fault fault)
    {
        if (Server.Options.StandardError is null)
            WriteError(Encoding.UTF8.GetBytes($"{Log.Program}: {RequestId}: {fault}\n"));
    }

    internal override void End(int exitCode) => connection.EndAnswer(this, exitCode);

    internal override void Break() => connection.BreakAnswer(this);

    internal override void StartDrain()
    {
        if (MaySend || DrainUntil != long.MaxValue)
            return;
        DrainUntil = Server.Loop.Now + Limits.DrainTime;
        Server.Loop.Expect(DrainUntil);
    }

    private void Refuse(Fault fault)
    {
        IsStarted = true;
        HasParameters = true;
        Answer?.Abandon(StopReason.Refused);
        Fail(fault);
    }
}
