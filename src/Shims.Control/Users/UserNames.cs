namespace Shims.Control.Users;

/// <summary>The names of the users of this machine, for a shell that completes them.</summary>
internal static class UserNames
{
    /// <summary>Those of /etc/passwd; none if it cannot be read.</summary>
    internal static IReadOnlyList<string> All
    {
        get
        {
            try
            {
                return
                [
                    .. File.ReadLines("/etc/passwd").Select(static line => line.Split(':')[0])
                        .Where(static name => name.Length > 0 && name[0] != '+'),
                ];
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return [];
            }
        }
    }
}
