using Shims.Buffers;

namespace Shims.Cgi;

/// <summary>Writes <c>NAME=VALUE 00</c> strings one after the other, the form in which execve(2) wants them. Allocates and throws nothing.</summary>
internal ref struct EnvironmentWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    internal int Length { get; private set; }

    /// <summary>The bytes written.</summary>
    internal readonly ReadOnlySpan<byte> Written => _destination[..Length];

    /// <summary>Strings written.</summary>
    internal int Count { get; private set; }

    /// <summary>True once something did not fit; what was written since is then not to be used.</summary>
    internal bool IsFull { get; private set; }

    internal void Add(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        Begin(name);
        Append(value);
        End();
    }

    /// <summary>Starts a string whose value comes in parts.</summary>
    internal void Begin(scoped ReadOnlySpan<byte> name)
    {
        Append(name);
        Append((byte)'=');
    }

    internal void Append(scoped ReadOnlySpan<byte> part)
    {
        if (part.Length > _destination.Length - Length)
        {
            IsFull = true;
            return;
        }
        part.CopyInto(_destination[Length..]);
        Length += part.Length;
    }

    internal void End()
    {
        Append((byte)0);
        Count++;
    }

    private void Append(byte next)
    {
        if (Length == _destination.Length)
            IsFull = true;
        else
            _destination[Length++] = next;
    }
}
