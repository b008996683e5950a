using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>The part of a request's body that is ready for its handler. Guarded by its owner.</summary>
internal sealed class HandlerInput(bool isWhole) : IDisposable
{
    /// <summary>Bytes that are ready at the most.</summary>
    private const int Bound = 64 * 1024;

    private NativeBuffer? _bytes;
    private bool _isWhole = isWhole;
    private bool _isAskedFor;

    /// <summary>True if <see cref="Read"/> has something to give: bytes, or the end.</summary>
    internal bool CanRead => _isWhole || _bytes is { IsEmpty: false };

    /// <summary>True if a handler can begin with it.</summary>
    internal bool IsEnough => _isWhole || _bytes is { Free: 0 };

    /// <summary>Takes what is ready.</summary>
    /// <returns>Bytes; 0 if nothing is ready.</returns>
    internal int Read(Span<byte> destination)
    {
        if (_bytes is not { IsEmpty: false } bytes)
            return 0;
        int count = Math.Min(destination.Length, bytes.Length);
        bytes.Bytes[..count].CopyTo(destination);
        bytes.Remove(count);
        return count;
    }

    /// <summary>True if more is to be asked for. Says so once, until <see cref="Take"/>.</summary>
    internal bool AsksForMore()
    {
        if (_isWhole || _isAskedFor || _bytes is { Length: > Bound / 2 })
            return false;
        return _isAskedFor = true;
    }

    /// <summary>Takes in what has come of the body.</summary>
    /// <returns>True if that has changed anything.</returns>
    internal bool Take(BodySpool body)
    {
        _isAskedFor = false;
        bool hasMoved = false;
        while (!_isWhole)
        {
            ReadOnlySpan<byte> next = body.Front();
            if (next.IsEmpty)
            {
                _isWhole = body.IsAtEnd;
                return hasMoved || _isWhole;
            }
            _bytes ??= new NativeBuffer(Bound);
            int count = _bytes.Add(next);
            if (count == 0)
                break;
            body.Remove(count);
            hasMoved = true;
        }
        return hasMoved;
    }

    public void Dispose() => _bytes?.Dispose();
}
