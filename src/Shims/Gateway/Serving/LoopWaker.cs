using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>Is told when all loops are woken: because the process is to end, which the loop then sees, or because descriptors are lacking.</summary>
/// <param name="spare">What was asked for.</param>
/// <param name="connections">Those of the loop.</param>
internal sealed class LoopWaker(SpareDescriptors spare, ConnectionSet connections) : IWatcher
{
    private int _answered;

    void IWatcher.OnReady(int descriptor, Readiness readiness) => spare.Answer(connections, ref _answered);
}
