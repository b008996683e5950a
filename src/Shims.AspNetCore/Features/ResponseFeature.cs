using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Shims.AspNetCore.Channels;
using Shims.Cgi;

namespace Shims.AspNetCore.Features;

/// <summary>The response: header and body, from the app to the channel.</summary>
internal sealed class ResponseFeature : IHttpResponseFeature, IHttpResponseBodyFeature
{
    private readonly AppChannel _channel;
    private readonly ServerSettings _settings;
    private readonly bool _isHead;
    private readonly Callbacks _starting = new(), _completed = new();
    private readonly AnswerWriter _writer;
    private ChunkedBody? _chunks;
    private long _written;
    private long? _announced;

    internal ResponseFeature(AppChannel channel, ServerSettings settings, string method, IHttpBodyControlFeature control)
    {
        (_channel, _settings, _isHead) = (channel, settings, HttpMethods.IsHead(method));
        Headers = new ResponseHeaders { AllowsUnicode = settings.AllowsUnicodeHeaders };
        _writer = new AnswerWriter(this, channel.Output.Writer);
        Stream = Body = new AnswerStream(_writer, control);
    }

    public int StatusCode
    {
        get;
        set
        {
            ThrowIfStarted(nameof(StatusCode));
            field = value;
        }
    } = StatusCodes.Status200OK;

    public string? ReasonPhrase
    {
        get;
        set
        {
            ThrowIfStarted(nameof(ReasonPhrase));
            field = value;
        }
    }

    public IHeaderDictionary Headers { get; set; }

    /// <summary>For middleware that is older than <see cref="IHttpResponseBodyFeature"/>.</summary>
    public Stream Body { get; set; }

    public Stream Stream { get; }

    public PipeWriter Writer => _writer;

    public bool HasStarted { get; private set; }

    /// <summary>True if the app has said that nothing more comes.</summary>
    internal bool IsComplete { get; private set; }

    /// <summary>True if fewer bytes have been written than the header says.</summary>
    internal bool IsTooShort => _channel.State == OutputState.Open && !HasNoBody && Announced > _written;

    /// <summary>The decoder of a body that the app divides into chunks itself, as it may on Kestrel; null if it does not.</summary>
    internal ChunkedBody? Chunks => !_isHead && Headers.TransferEncoding is [.., { } coding] && coding.EndsWith("chunked", StringComparison.OrdinalIgnoreCase) ? _chunks ??= new ChunkedBody() : null;

    private bool HasNoBody => _isHead || StatusCode is < 200 or 204 or 205 or 304;

    private long? Announced => HasStarted ? _announced : Headers.ContentLength;

    public void OnStarting(Func<object, Task> callback, object state)
    {
        ThrowIfStarted(nameof(OnStarting));
        _starting.Add(callback, state);
    }

    public void OnCompleted(Func<object, Task> callback, object state) => _completed.Add(callback, state);

    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (HasStarted)
            return Task.CompletedTask;
        if (_starting.Any)
            return StartAfterCallbacksAsync();
        Begin(isWhole: false);
        return Task.CompletedTask;
    }

    /// <summary>Begins with the first bytes of the body: if they are more than the header says, nothing has begun.</summary>
    internal async ValueTask StartAsync(int count)
    {
        if (!HasStarted && _starting.Any)
            await _starting.CallAsync();
        Wrote(count);
        if (!HasStarted)
            Begin(isWhole: false);
        ThrowIfBodiless(count);
    }

    /// <summary>The app's own chunks are not what it has said they are.</summary>
    internal void BreakIfMalformed()
    {
        if (_chunks is { IsMalformed: true })
            _channel.Break();
    }

    /// <summary>Asks web servers that know it to pass on what is flushed.</summary>
    public void DisableBuffering()
    {
        if (!HasStarted)
            Headers.TryAdd("X-Accel-Buffering", "no");
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    /// <summary>The client gets the end, while the app may go on.</summary>
    public async Task CompleteAsync()
    {
        if (IsComplete)
            return;
        if (!HasStarted)
            await _starting.CallAsync();
        if (!HasStarted && IsTooShort)
            throw TooShort();
        if (!HasStarted)
            Begin(isWhole: true);
        IsComplete = true;
        if (IsTooShort)
        {
            _channel.Break();
            throw TooShort();
        }
        await _channel.Output.Writer.FlushAsync();
        _channel.Complete();
    }

    /// <summary>The response has failed before it began: the client gets the status alone.</summary>
    internal void Fail(int status)
    {
        Headers = new ResponseHeaders();
        (StatusCode, ReasonPhrase, _written) = (status, null, 0);
        Begin(isWhole: true, dropsBody: true);
        IsComplete = true;
        _channel.Complete();
    }

    internal Task CallCompletedAsync(Action<Exception> failed) => _completed.CallAsync(failed);

    /// <summary>Tells the loop that there is something to send.</summary>
    internal void Push() => _channel.Push();

    /// <summary>Counts what the app has written.</summary>
    /// <exception cref="InvalidOperationException">It is more than the header says.</exception>
    internal void Wrote(int count)
    {
        if (!_isHead && Announced is { } announced && _written + count > announced)
            throw new InvalidOperationException($"Response Content-Length mismatch: too many bytes written ({_written + count} of {announced}).");
        _written += count;
    }

    private void ThrowIfBodiless(int count)
    {
        if (HasNoBody && !_isHead && count > 0)
            throw new InvalidOperationException($"Writing to the response body is invalid for responses with status code {StatusCode}.");
    }

    internal void ThrowIfComplete()
    {
        if (IsComplete)
            throw new InvalidOperationException("Writing is not allowed after writer was completed.");
    }

    internal InvalidOperationException TooShort() =>
        new($"Response Content-Length mismatch: too few bytes written ({_written} of {Announced}).");

    private async Task StartAfterCallbacksAsync()
    {
        await _starting.CallAsync();
        if (!HasStarted)
            Begin(isWhole: false);
    }

    /// <param name="isWhole">True if the app has written all there will be.</param>
    /// <param name="dropsBody">True if what it has written is not to be sent.</param>
    private void Begin(bool isWhole, bool dropsBody = false)
    {
        bool hasEmptyBody = isWhole && _written == 0 && Headers.ContentLength is null && !_isHead && StatusCode is >= 200 and not (204 or 304);
        if (hasEmptyBody)
            Headers.ContentLength = 0;
        _announced = Headers.ContentLength;
        byte[] bytes = _channel.Encode(AnswerHeadFormat.ToHead(StatusCode, ReasonPhrase, Headers), _settings.SendsRequestId ? _channel.RequestId : null);
        HasStarted = true;
        if (Headers is ResponseHeaders headers)
            headers.IsReadOnly = true;
        _channel.Begin(new AnswerHead(bytes, StatusCode, _announced, HasNoBody || dropsBody));
        _channel.Push();
    }

    private void ThrowIfStarted(string member)
    {
        if (HasStarted)
            throw new InvalidOperationException($"{member} cannot be set because the response has already started.");
    }
}
