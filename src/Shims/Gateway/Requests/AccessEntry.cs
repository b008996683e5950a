using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>Collects what the <see cref="AccessLog"/> says of one request.</summary>
/// <param name="now">Milliseconds, on the loop's clock.</param>
internal sealed class AccessEntry(long now)
{
    private int _status;
    private int _headLength;
    private long _sent;
    private bool _isClientless;

    /// <summary>The time at which it came, on the loop's clock.</summary>
    internal long Begun { get; } = now;

    /// <summary>The same in milliseconds since 1970.</summary>
    internal long Time { get; } = Libc.UnixMilliseconds();

    /// <summary>The status of the response.</summary>
    internal int Status => _sent > 0 ? _status : RequestOutcome.ClientGone;

    /// <summary>Bytes of the body that have been sent.</summary>
    internal long Bytes => Math.Max(0, _sent - _headLength);

    /// <summary>The end of the script; null if it has none, or not yet.</summary>
    internal ExitStatus? End { get; private set; }

    /// <summary>There is a response.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="headLength">Bytes of its header.</param>
    internal void Begin(int status, int headLength) => (_status, _headLength) = (status, headLength);

    /// <summary>A part of the response has been sent.</summary>
    internal void Sent(int count) => _sent += _isClientless ? 0 : count;

    /// <summary>The client has left: what follows is thrown away.</summary>
    internal void ClientLeft() => _isClientless = true;

    /// <summary>The script has ended.</summary>
    internal void Ended(ExitStatus status) => End = status;
}
