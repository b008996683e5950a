using System.Buffers;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>The PARAMS stream of a request, kept until it has ended and its variables can be read.</summary>
internal sealed class ParameterStream(Role role, Limits limits, ParameterBudget budget) : IDisposable
{
    /// <summary>Bytes for which there is room at first: those of most requests.</summary>
    private const int RoomAtFirst = 2048;

    private readonly NativeBuffer _bytes = new(RoomAtFirst);
    private int _counted;

    /// <summary>The variable that tells a script its role, in the form that libfcgi made usual.</summary>
    private ReadOnlySpan<byte> RoleVariable => role switch
    {
        Role.Authorizer => "FCGI_ROLE\0AUTHORIZER\0"u8,
        Role.Filter => "FCGI_ROLE\0FILTER\0"u8,
        _ => default,
    };

    /// <summary>Takes in a part.</summary>
    /// <returns>The fault; null if there is none.</returns>
    internal Fault? Add(ReadOnlySpan<byte> part)
    {
        if (_bytes.Length + part.Length > limits.HeaderSize)
            return new Fault(400, $"the request's parameters are longer than {limits.HeaderSize} bytes", "raise --max-header, or configure the web server to send less") { ExitCode = ExitCode.PeerError };
        if (!budget.TryTake(part.Length))
            return new Fault(503, $"the requests on one connection have more than {limits.ConnectionHeaderSize} bytes of parameters together", "configure the web server to use more connections, or raise --max-header")
            { ExitCode = ExitCode.PeerError };
        _counted += part.Length;
        _bytes.AddAll(part);
        return null;
    }

    /// <summary>The stream has ended: reads the variables into the request's memory.</summary>
    /// <returns>As with <see cref="Add"/>.</returns>
    internal Fault? ReadInto(Exchange exchange)
    {
        if (_bytes.Length == 0)
            return new Fault(400, "the request has no parameters", "configure the web server to send them (nginx: include fastcgi_params)") { ExitCode = ExitCode.PeerError };
        int size = _bytes.Length + RoleVariable.Length + 1;
        exchange.Memory = Arena.Create(size);
        Span<byte> block = exchange.Memory.Take(size);
        if (block.IsEmpty)
            return new Fault(503, "there is no memory for the request's parameters", "raise the limit on address space (ulimit -v), or lower --max-header") { ExitCode = ExitCode.SystemError };
        if (Parameters.TryDecode(_bytes.Bytes, block, out CgiVariables variables) != OperationStatus.Done)
            return new Fault(400, "the request's parameters are not a list of names and values", "configure the web server to send names without = or NUL, values without NUL, fewer than 1024") { ExitCode = ExitCode.PeerError };
        _bytes.Dispose();
        int length = variables.Block.Length;
        RoleVariable.CopyTo(block[length..]);
        exchange.SetVariables(new CgiVariables(block[..(length + RoleVariable.Length)]));
        return null;
    }

    public void Dispose()
    {
        _bytes.Dispose();
        budget.GiveBack(_counted);
        _counted = 0;
    }
}
