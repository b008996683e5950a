namespace Shims.MatrixTests;

public sealed class CgiFcgiTests(RunningFronts fronts, Table table) : MatrixTest(fronts, table)
{
    public static TheoryData<string, Check> CgiFcgi => Cells.Of("cgi-fcgi");

    [Theory, MemberData(nameof(CgiFcgi))]
    public Task Behind_cgi_fcgi(string front, Check check)
    {
        Requires.Tools("lighttpd");
        return FillAsync(front, check);
    }
}
