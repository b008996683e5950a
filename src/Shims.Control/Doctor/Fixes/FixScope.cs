using Mono.Unix.Native;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Fixes;

/// <summary>Which files the commands may touch that are printed about one thing: its owner's, and only in its folder.</summary>
/// <param name="Owner">The user who owns what was looked at. A file of anybody else's is not changed on that user's word.</param>
/// <param name="Folder">Without links in it; null where the files that one file includes lie anywhere, as for configurations.</param>
internal sealed record FixScope(uint Owner, string? Folder)
{
    /// <summary>For a script, and what lies beside and below it.</summary>
    /// <param name="script">Its path.</param>
    /// <param name="folder">The folder that was named on the command line; null if the script was.</param>
    /// <param name="owner">The only owner whose files may be changed; null for the script's.</param>
    internal static FixScope OfScript(string script, string? folder = null, uint? owner = null) =>
        new(owner ?? OwnerOf(script), FileCustody.RealFolder(folder ?? Path.GetDirectoryName(script) ?? "/"));

    /// <summary>For a configuration, and those that it leads to.</summary>
    internal static FixScope OfConfiguration(string file) => new(OwnerOf(file), null);

    /// <summary>Looks at a file that is to be changed.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="kind">What it must be.</param>
    /// <param name="reason">Why it may not be changed by a printed command.</param>
    internal FileCustody? Admit(string path, FilePermissions kind, out string? reason)
    {
        if (FileCustody.Find(path, Folder, out reason) is not { } file)
            return null;
        reason = file.Kind != kind ? $"{file.Path} is another kind of file"
            : Folder is not null && !FileCustody.IsIn(file.Path, Folder) ? $"{file.Path} is not in {Folder}"
            : file.Owner != Owner ? $"{file.Path} belongs to user {UserAccount.NameOf(file.Owner)}, and what was looked at to user "
                + $"{UserAccount.NameOf(Owner)}"
            : !UserAccount.Current.IsRoot && file.Owner != UserAccount.Current.UserId ? $"only user {UserAccount.NameOf(file.Owner)} and root can"
            : file.FindWeakness();
        return reason is null ? file : null;
    }

    /// <summary>
    /// A command that changes an admitted file: run as the file's owner, where that user could lead it elsewhere meanwhile.
    /// </summary>
    /// <param name="file">The file; the words name it by its path without links.</param>
    /// <param name="reason">Why there is no such command.</param>
    /// <param name="words">The command.</param>
    internal static ShellCommand? Change(FileCustody file, out string? reason, params IReadOnlyList<string> words)
    {
        reason = "a name in it holds characters that a terminal does not show";
        if (!file.IsMovable)
            return ShellCommand.Of(words);
        // A session of its own: the owner's processes are not to be in this one's, at whose terminal they could type.
        string? name = Syscall.getpwuid(file.Owner)?.pw_name;
        if (name is not null
            && Array.TrueForAll(["setsid", "runuser"], program => ProgramSearch.All(program, "/usr/sbin:/usr/bin:/sbin:/bin").Any()))
            return ShellCommand.Of(["setsid", "-w", "runuser", "-u", name, "--", .. words]);
        reason = $"only user {UserAccount.NameOf(file.Owner)} can do that safely";
        return null;
    }

    /// <summary>A file that is not there has no owner.</summary>
    private static uint OwnerOf(string path) => Syscall.lstat(path, out Stat status) == 0 ? status.st_uid : uint.MaxValue;
}
