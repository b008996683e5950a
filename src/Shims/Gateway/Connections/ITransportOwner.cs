using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>Is told of what happens to a <see cref="Transport"/>.</summary>
internal interface ITransportOwner : IWatcher
{
    /// <summary>True if data that the peer sends next is worth a wake-up; the end of its sending always is.</summary>
    bool ExpectsInput { get; }
}
