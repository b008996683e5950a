using Microsoft.AspNetCore.Http.Features;
using Shims.AspNetCore.Channels;

namespace Shims.AspNetCore.Features;

/// <summary>The request's end before its time, and whether its body may block a thread.</summary>
internal sealed class RequestLife(AppChannel channel, bool allowsSynchronousIO) : IHttpRequestLifetimeFeature, IHttpBodyControlFeature
{
    private CancellationToken? _aborted;

    public CancellationToken RequestAborted
    {
        get => _aborted ?? channel.Aborted;
        set => _aborted = value;
    }

    public bool AllowSynchronousIO { get; set; } = allowsSynchronousIO;

    public void Abort() => channel.Break();
}
