import react from '@vitejs/plugin-react';
export default { base: '/assets/react-admin/', plugins: [react()], build: { outDir: 'dist', assetsDir: '.' } };
