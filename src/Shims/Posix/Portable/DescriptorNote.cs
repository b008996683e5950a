namespace Shims.Posix;

/// <summary>What is known of a descriptor that the system does not say by functions that are everywhere.</summary>
internal sealed class DescriptorNote
{
    private static readonly Dictionary<int, DescriptorNote> s_all = [];

    /// <summary>The path that it was opened by, byte for byte as Latin-1; null for what has none.</summary>
    internal string? Path { get; init; }

    /// <summary>True if it only holds the place of <see cref="Path"/>, and nothing of it is open.</summary>
    internal bool IsPlace { get; init; }

    /// <summary>True if a link at that place is meant itself.</summary>
    internal bool IsLinkItself { get; init; }

    /// <summary>True if each write is to go to the file's end.</summary>
    internal bool Appends { get; init; }

    /// <summary>The end into which an event is written; -1 for what is not one.</summary>
    internal int EventEnd { get; init; } = -1;

    /// <summary>What waits for descriptors, if it is such a thing.</summary>
    internal EventPort? Port { get; init; }

    internal static DescriptorNote? Of(int descriptor)
    {
        lock (s_all)
            return s_all.GetValueOrDefault(descriptor);
    }

    internal static void Keep(int descriptor, DescriptorNote note)
    {
        lock (s_all)
            s_all[descriptor] = note;
    }

    /// <summary>Forgets it: the descriptor is about to be closed.</summary>
    internal static DescriptorNote? Take(int descriptor)
    {
        lock (s_all)
        {
            s_all.Remove(descriptor, out DescriptorNote? note);
            foreach (DescriptorNote other in s_all.Values)
                other.Port?.Forget(descriptor);
            return note;
        }
    }
}
