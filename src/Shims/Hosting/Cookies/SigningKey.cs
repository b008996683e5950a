using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>
/// The secret of a program: a file in its folder for state, made at the first use, that only its user may read. HMAC-SHA256: RFC 2104, FIPS
/// 180-4.
/// </summary>
internal sealed class SigningKey
{
    private const int Size = 32;
    private const string FileName = "signing-key";

    private static readonly Lock s_lock = new();
    private static SigningKey? s_known;

    private readonly string _path;
    private readonly byte[] _key;

    private readonly string _program;

    private SigningKey(string path, byte[] key, string program) => (_path, _key, _program) = (path, key, program);

    /// <summary>The key of this program.</summary>
    /// <exception cref="ShimException">It cannot be made or read, or others may read it.</exception>
    internal static SigningKey Current
    {
        get
        {
            string path = Path.Combine(ProgramFolders.State, FileName);
            lock (s_lock)
                return s_known?._path == path ? s_known : s_known = Of(path, ProgramFolders.HasOwnState ? "" : ProgramFolders.RealPath + "\n");
        }
    }

    /// <summary>The key in a file.</summary>
    /// <param name="path">The file, which is made if need be.</param>
    /// <param name="program">Precedes all that is signed: programs of one name share the file, and must not share what they sign.</param>
    internal static SigningKey Of(string path, string program) => new(path, Load(path), program);

    /// <summary>Signs a text for a purpose. What is signed for one is nothing for another.</summary>
    internal string Sign(string purpose, string text) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{_program}{purpose}\n{text}")));

    /// <summary>True if the signature is that of the text and purpose. Takes as long for a wrong one as for a right one.</summary>
    internal bool Verify(string purpose, string text, string signature) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(purpose, text)), Encoding.UTF8.GetBytes(signature));

    private static byte[] Load(string path)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + "\0");
        // A pipe in its place is not waited for, and a link not followed.
        int file = Libc.Open(name, Flags.O_RDONLY | Flags.O_NOFOLLOW | Flags.O_NONBLOCK);
        if (file < 0 && Libc.Errno == Errno.ENOENT)
        {
            Make(path);
            file = Libc.Open(name, Flags.O_RDONLY | Flags.O_NOFOLLOW | Flags.O_NONBLOCK);
        }
        if (file < 0)
            throw Fault(path, $"cannot be read (error {Libc.Errno})", $"ls -l {path}");
        using var handle = new SafeFileHandle(file, ownsHandle: true);
        if (!Libc.TryGetStatus(file, out FileStatus status) || !status.IsFile || status.Owner != Libc.EffectiveUser || !status.IsPrivate)
        {
            throw Fault(path, "belongs to another user, or others may read it",
                $"chmod 600 {path}, or remove it if others may have read it; all signed cookies end with it");
        }
        byte[] key = new byte[Size];
        if (status.Size != Size || RandomAccess.Read(handle, key, 0) != Size)
            throw Fault(path, $"does not have {Size} bytes", $"rm {path}; all signed cookies end with it");
        return key;
    }

    /// <summary>
    /// Makes the file under another name and links it to its own: of several processes that make one at the same time, all use the first,
    /// and none sees half of it.
    /// </summary>
    private static void Make(string path)
    {
        byte[] key = new byte[Size];
        Libc.Random(key);
        string partial = $"{path}.{Convert.ToHexStringLower(key[..4])}";
        Libc.Random(key);
        byte[] name = Encoding.UTF8.GetBytes(partial + "\0");
        int file = Libc.Open(name, Flags.O_WRONLY | Flags.O_CREAT | Flags.O_EXCL, 0x180 /* 0600 */);
        if (file < 0)
        {
            throw Fault(path, $"cannot be made (error {Libc.Errno})",
                "see whether there is room, and whether this user may write to the folder");
        }
        using (var handle = new SafeFileHandle(file, ownsHandle: true))
        {
            RandomAccess.Write(handle, key, 0);
            RandomAccess.FlushToDisk(handle);
        }
        int linked = Libc.Link(name, Encoding.UTF8.GetBytes(path + "\0"));
        int error = Libc.Errno;
        Libc.Unlink(name);
        if (linked < 0 && error != Errno.EEXIST)
        {
            throw Fault(path, $"cannot be made (error {error})",
                "see whether the file system has hard links, and whether this user may write to the folder");
        }
    }

    private static ShimException Fault(string path, string cause, string cure) =>
        new(ExitCode.SystemError, $"the key for signed cookies, {path}, {cause}", cure);
}
