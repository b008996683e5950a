using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>Collects, as process 1 of a container, the ended processes that scripts have left behind: the system makes each a child of process 1. pid_namespaces(7).</summary>
/// <remarks>
/// A child that is found ended at two looks is one that nothing else collects. A script is collected by its own loop as soon as it has ended, and what a handler starts by
/// the .NET runtime; they wait for a status that must not be taken from them.
/// </remarks>
internal sealed class OrphanCollector : IDeadline, IDisposable
{
    private readonly LoopContext _context;
    private List<int> _ended = [];

    private OrphanCollector(LoopContext context)
    {
        _context = context;
        Deadline = context.Loop.Now + Limits.OrphanLook;
        context.Loop.Add(this);
    }

    public long Deadline { get; private set; }

    /// <summary>Begins to look, if this is process 1; else there is nothing to collect, and this is null.</summary>
    /// <param name="first">The first loop, which the main thread runs in a gateway.</param>
    internal static OrphanCollector? Begin(LoopContext first) => Libc.ProcessId == 1 ? new OrphanCollector(first) : null;

    void IDeadline.OnDeadline()
    {
        Deadline = _context.Loop.Now + Limits.OrphanLook;
        List<int> ended = Libc.HasEndedChild() ? Libc.EndedChildrenOfProcess1() : [];
        foreach (int child in ended)
        {
            if (_ended.Contains(child) && !_context.Scripts.Contains(child))
                Libc.TryReap(child, out _);
        }
        _ended = ended;
    }

    public void Dispose() => _context.Loop.Remove(this);
}
