using Shims.Cgi;

namespace Shims.Ajp;

/// <summary>Counts what comes of a request's body: whether a packet is awaited, may be asked for, or completes it.</summary>
/// <remarks><code>
///                   a part            the last part  an empty packet  Ask
///   with a length   asks, or awaits   complete       short            never beyond the length
///   without one     asks              -              complete         until the empty packet
/// </code>A web server answers a question beyond the length with an empty packet (Apache, mod_jk), or never (lighttpd 1.4.69).</remarks>
internal struct BodyFraming
{
    private readonly long _length;
    private long _received;

    /// <param name="length">Bytes, or <see cref="ContentLength.Unknown"/> for a body that ends with an empty packet.</param>
    internal BodyFraming(long length)
    {
        _length = length;
        // The first packet of a body with a length comes unasked.
        IsAwaited = length > 0;
        IsComplete = length == 0;
    }

    /// <summary>True if a packet of it is on its way.</summary>
    internal bool IsAwaited { get; private set; }

    /// <summary>True if its end has been seen.</summary>
    internal bool IsComplete { get; private set; }

    /// <summary>True if the next packet can be asked for.</summary>
    internal readonly bool MayAsk => !IsAwaited && !IsComplete;

    /// <summary>The number of bytes to ask for.</summary>
    internal int Ask()
    {
        IsAwaited = true;
        return _length < 0 ? BodyPacket.MostAskedFor : (int)Math.Min(_length - _received, BodyPacket.MostAskedFor);
    }

    /// <summary>Counts a packet that was awaited.</summary>
    /// <param name="count">Bytes of the body in it.</param>
    /// <returns>False if they are more than the length says, or if the body ends before it.</returns>
    internal bool Take(int count)
    {
        IsAwaited = false;
        _received += count;
        if (_length < 0)
        {
            IsComplete = count == 0;
            return true;
        }
        IsComplete = _received == _length;
        return count > 0 && _received <= _length;
    }
}
