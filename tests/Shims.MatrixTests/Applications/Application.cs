namespace Shims.MatrixTests.Applications;

/// <summary>A program that nobody wrote for these tests, or that does what thousands of sites do with the library it uses.</summary>
public enum Application
{
    Awstats,
    Gitweb,
    Cgit,
    GitClone,
    GitPush,
    Php,
    CgiPm,
    Wsgiref,
}
