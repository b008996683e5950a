using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Recording;

/// <summary><c>--record</c>: what is to be kept of which requests, and where.</summary>
/// <param name="directory">The directory of capsules.</param>
internal sealed class Recorder(string directory) : IRequestRecorder
{
    internal CapsuleFolder Folder { get; } = new(directory);

    /// <summary><c>--record-all</c>: requests that went well are kept too.</summary>
    internal bool KeepsAll { get; init; }

    /// <summary><c>--record-secrets</c>: nothing is taken out.</summary>
    internal bool KeepsSecrets { get; init; }

    /// <summary>Follows a request whose variables have been read.</summary>
    public IRequestObserver Begin(Exchange exchange)
    {
        // A write beyond the limit on file sizes (ulimit -f) is to fail, not to end the process.
        Libc.Ignore(Flags.SIGXFSZ);
        return new RecordedRequest(this, exchange);
    }
}
