using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Shims.AspNetCore.Features;

/// <summary>The body of a request as a pipe, with the limit of its size.</summary>
/// <param name="input">The pipe from the loop; null if there is no body.</param>
/// <param name="length">Bytes, or a negative number if they are not known.</param>
/// <param name="maximum">The limit, or null.</param>
internal sealed class RequestBody(PipeReader? input, long length, long? maximum) : PipeReader, IRequestBodyPipeFeature, IHttpMaxRequestBodySizeFeature, IHttpRequestBodyDetectionFeature
{
    private readonly PipeReader _input = input ?? Create(ReadOnlySequence<byte>.Empty);
    private long? _maximum = maximum;
    private long _consumed;
    private long _buffered;
    private ReadOnlySequence<byte> _current;

    public PipeReader Reader => this;

    public bool CanHaveBody => length != 0;

    /// <summary>True once reading has begun.</summary>
    public bool IsReadOnly { get; private set; }

    public long? MaxRequestBodySize
    {
        get => _maximum;
        set
        {
            if (IsReadOnly)
                throw new InvalidOperationException("The maximum request body size cannot be modified after the app has already started reading from the request body.");
            if (value < 0)
                throw new ArgumentOutOfRangeException(nameof(value), "Value must be null or a non-negative number.");
            _maximum = value;
        }
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        Begin();
        return Took(await _input.ReadAsync(cancellationToken));
    }

    public override bool TryRead(out ReadResult result)
    {
        Begin();
        if (!_input.TryRead(out result))
            return false;
        result = Took(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        long count = _current.Slice(_current.Start, consumed).Length;
        (_consumed, _buffered) = (_consumed + count, _buffered - count);
        _current = default;
        _input.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => _input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _input.Complete(exception);

    /// <exception cref="BadHttpRequestException">The body is larger than the limit.</exception>
    private void Begin()
    {
        IsReadOnly = true;
        ThrowIfTooLarge(length);
    }

    private ReadResult Took(ReadResult result)
    {
        _current = result.Buffer;
        _buffered = _current.Length;
        if (_consumed + _buffered > _maximum)
        {
            AdvanceTo(_current.Start);
            ThrowIfTooLarge(long.MaxValue);
        }
        return result;
    }

    private void ThrowIfTooLarge(long size)
    {
        if (size > _maximum)
            throw new BadHttpRequestException($"Request body too large. The max request body size is {_maximum} bytes.", StatusCodes.Status413PayloadTooLarge);
    }
}
