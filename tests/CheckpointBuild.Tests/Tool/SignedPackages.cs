using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using NuGet.Common;
using NuGet.Packaging.Signing;
using HashAlgorithmName = NuGet.Common.HashAlgorithmName;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Signs packages with a certificate that was made for the test, by NuGet's own signing.</summary>
internal sealed class SignedPackages : IDisposable
{
    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    private readonly X509Certificate2 _certificate;

    /// <summary>Makes a certificate that nobody else trusts.</summary>
    public SignedPackages()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Contoso Models", key, System.Security.Cryptography.HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(CodeSigning)], critical: true));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
    }

    /// <summary>The section of nuget.config that trusts this author.</summary>
    public string Trust => Trusted(_certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256));

    /// <summary>The section of nuget.config that trusts one author.</summary>
    /// <param name="fingerprint">SHA-256 of the certificate.</param>
    /// <returns>XML.</returns>
    public static string Trusted(string fingerprint) =>
        $"""<trustedSigners><author name="contoso"><certificate fingerprint="{fingerprint}" hashAlgorithm="SHA256" allowUntrustedRoot="true" /></author></trustedSigners>""";

    /// <summary>Signs a package in its place.</summary>
    /// <param name="package">The file.</param>
    /// <returns>When it is signed.</returns>
    public async Task SignAsync(string package)
    {
        string signed = package + ".signed";
        using (var request = new AuthorSignPackageRequest(new X509Certificate2(_certificate), HashAlgorithmName.SHA256))
        using (SigningOptions options = SigningOptions.CreateFromFilePaths(package, signed, overwrite: true, new X509SignatureProvider(timestampProvider: null), NullLogger.Instance))
        {
            await SigningUtility.SignAsync(options, request, CancellationToken.None);
        }

        File.Move(signed, package, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();
}
