using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>Is told of what happens to a <see cref="Transport"/>.</summary>
internal interface ITransportOwner : IWatcher
{
    /// <summary>Whether it is worth waking for what the peer sends next; for the end of its sending it always is.</summary>
    bool ExpectsInput { get; }
}
