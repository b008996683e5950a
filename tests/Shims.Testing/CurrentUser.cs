namespace Shims.Testing;

/// <summary>Who runs the tests, in numbers, for programs that want numbers.</summary>
public static class CurrentUser
{
    public static uint Id => Libc.getuid();

    public static uint GroupId => Libc.getgid();
}
