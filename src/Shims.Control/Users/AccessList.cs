using System.Buffers.Binary;
using Mono.Unix.Native;

namespace Shims.Control.Users;

/// <summary>
/// The access control list of a file, which says more than its mode, and of which <c>ls -l</c> shows no more than a plus sign. acl(5).
/// </summary>
/// <remarks><code>
///   version   4   2
///   entries   8   tag (2), what is allowed (2), number of the user or group (4); all little-endian
/// </code>linux/posix_acl_xattr.h.</remarks>
internal sealed class AccessList
{
    private const int HeaderSize = 4, EntrySize = 8, Version = 2;
    private const ushort Owner = 0x01, User = 0x02, OwningGroup = 0x04, Group = 0x08, Mask = 0x10, Other = 0x20;

    private readonly List<(ushort Tag, Access Allowed, uint Id)> _entries = [];

    private AccessList(ReadOnlySpan<byte> attribute)
    {
        for (ReadOnlySpan<byte> rest = attribute[HeaderSize..]; rest.Length >= EntrySize; rest = rest[EntrySize..])
            _entries.Add((BinaryPrimitives.ReadUInt16LittleEndian(rest), (Access)(BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) & 7),
                BinaryPrimitives.ReadUInt32LittleEndian(rest[4..])));
    }

    /// <summary>Reads a file's list.</summary>
    /// <returns>Null if it has none, so that its mode says everything.</returns>
    internal static AccessList? Of(string path) =>
        Syscall.getxattr(path, "system.posix_acl_access", out byte[] attribute) >= HeaderSize ? Parse(attribute) : null;

    /// <param name="attribute">The extended attribute that the list is kept in.</param>
    internal static AccessList? Parse(ReadOnlySpan<byte> attribute) =>
        attribute.Length >= HeaderSize && BinaryPrimitives.ReadInt32LittleEndian(attribute) == Version ? new AccessList(attribute) : null;

    /// <summary>
    /// The rights of a user who is not root. The owner's entry decides first, then the user's own, then those of groups, then that for all
    /// others.
    /// </summary>
    /// <param name="wanted">The rights that are needed: of several groups one must allow all of them.</param>
    /// <param name="user">The user.</param>
    /// <param name="owner">The file's owner.</param>
    /// <param name="group">The file's group.</param>
    internal Access Allowed(Access wanted, UserAccount user, uint owner, uint group)
    {
        if (user.UserId == owner)
            return Of(Owner) ?? Access.None;
        Access mask = Of(Mask) ?? Access.Read | Access.Write | Access.Execute;
        foreach ((ushort tag, Access allowed, uint id) in _entries)
        {
            if (tag == User && id == user.UserId)
                return allowed & mask;
        }
        Access[] ofGroups = [.. _entries.Where(entry =>
            entry.Tag == OwningGroup ? user.Groups.Contains(group) : entry.Tag == Group && user.Groups.Contains(entry.Id))
            .Select(entry => entry.Allowed & mask)];
        if (ofGroups.Length == 0)
            return Of(Other) ?? Access.None;
        return ofGroups.FirstOrDefault(allowed => (wanted & ~allowed) == Access.None, ofGroups[0]);
    }

    private Access? Of(ushort tag)
    {
        foreach ((ushort Tag, Access Allowed, uint) entry in _entries)
        {
            if (entry.Tag == tag)
                return entry.Allowed;
        }
        return null;
    }
}
